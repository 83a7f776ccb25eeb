-- Which version of the definitions under sql/views this database has; 0 for those of the migrations before this one.
CREATE TABLE avatar_monitor_views
(
  id      int PRIMARY KEY,
  version int NOT NULL
);
INSERT INTO avatar_monitor_views (id, version) VALUES (1, 0);
