package avatarmonitor.store.migration;

import static org.assertj.core.api.Assertions.assertThat;

import avatarmonitor.testing.Sql;
import avatarmonitor.testing.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A script that any database has run never changes, not even in a comment: that database would refuse the next version.
 * A change is a new script, and a new line here with its checksum in Flyway's history.
 */
@ParameterizedClass
@EnumSource(TestDatabase.class)
final class MigrationScriptsTest {
    private static final List<String> COMMON = List.of(
            "V5__views.sql -694799823",
            "V6__repair.sql 324726905",
            "V7__history.sql -1286854655",
            "V8__alerts.sql 109830582",
            "V12__pauses.sql -64841113",
            "V13__refused_ends.sql 946910019",
            "V14__failures.sql -248336178",
            "V15__views_version.sql -1493533034",
            "V16__answers_of_fal.sql 1725730432",
            "V20__training_types.sql 1048100125",
            "V27__next_request.sql -1444084764",
            "V28__rate_limit.sql -1796943266",
            "V30__hints.sql -924297258",
            "V32__endpoints.sql -1206855838",
            "V33__actions.sql 1617921411",
            "V35__operator_pauses.sql 1516716870",
            "V36__overrides.sql 236374038",
            "V38__check_asked.sql 1417383505",
            "V40__load_per_hour.sql -1406747078",
            "V41__shared_pauses.sql 752959175",
            "V42__kept_hints.sql -1822619629",
            "V49__repeated_hints.sql -690638216");

    private static final List<String> H2 = List.of(
            "V1__quartz.sql 1119217168",
            "V2__monitoring.sql -603574511",
            "V3__avatars.sql -396915214",
            "V4__base_views.sql -1616499951",
            "V46__priority.sql 1436448530");

    private static final List<String> POSTGRESQL = List.of(
            "V1__quartz.sql -1429108048",
            "V2__monitoring.sql -1455094236",
            "V3__avatars.sql -533010950",
            "V4__base_views.sql 1569311856",
            "V9__trigger_ids.sql 1134714529",
            "V10__quartz_storage.sql -1975320149",
            "V11__firings_by_key_only.sql 447277185",
            "V17__waiting_index.sql 28816577",
            "V24__ordinary_waiting_index.sql -598825674",
            "V25__start_requests.sql 1089852904",
            "V37__overrides_index.sql -1735589288",
            "V45__start_settings.sql -550671227",
            "V46__priority.sql 1081917977",
            "V47__overrides_index.sql 1338782408",
            "V48__overrides_index.sql -1444558098");

    private final TestDatabase kind;

    MigrationScriptsTest(TestDatabase kind) {
        this.kind = kind;
    }

    @Test
    void scriptsAreThoseThatDatabasesHaveRun() {
        try (TestDatabase.Fresh fresh = kind.fresh()) {
            List<String> scripts = Sql.rows(
                    fresh.database(),
                    "SELECT \"script\" || ' ' || \"checksum\" FROM \"avatar_monitor_schema_history\""
                            + " WHERE \"type\" = 'SQL'");
            List<String> own = kind == TestDatabase.H2 ? H2 : POSTGRESQL;
            assertThat(scripts)
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.concat(COMMON.stream(), own.stream()).toList());
        }
    }
}
