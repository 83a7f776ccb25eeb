// One look: is all well, and if not, what is wrong. Always words; colour and icon only repeat them.
import { count, length, many } from './words.js';

// Where what the workers have to mend is listed; the other kinds are triggers that are stuck.
const DISORDER_PAGES = { lost: '#/avatars?state=unwatched', overdue: '#/avatars?state=late', missing: '#/events', gone_worker: '#/workers' };

/**
 * @returns {level, sentence, problems}: level is ok, warn or bad; each problem has level, text and a link where it has a page
 */
export function verdict(overview) {
  const { counts, workers } = overview;
  const problems = [];
  const add = (level, text, href) => problems.push({ level, text, href });

  if (workers.alive === 0) {
    add('bad', 'No worker is alive: nothing is checked.', '#/workers');
  } else if (workers.alive < workers.known) {
    const lost = workers.known - workers.alive;
    add('warn', `${many(lost, 'worker')} of ${workers.known} ${lost === 1 ? 'is' : 'are'} not alive.`, '#/workers');
  }
  overview.fal_paused.forEach((pause) =>
    add('bad', `fal is paused on ${pause.worker}${pause.reason ? `: ${pause.reason}` : '.'}`, '#/workers'),
  );
  overview.disorders.forEach(({ kind, count: number, subject, problem }) =>
    add('bad', `${count(number)} ${kind.replace('_', ' ')}, such as ${subject}: ${problem}.`, DISORDER_PAGES[kind] ?? '#/avatars?state=stuck'),
  );
  if (counts.stalled > 0) {
    add('warn', `${many(counts.stalled, 'training')} ${counts.stalled === 1 ? 'is' : 'are'} stalled: too old, and no longer checked.`, '#/avatars?state=stalled');
  }
  if (counts.ends_refused > 0) {
    add('bad', `The database refuses the end of ${many(counts.ends_refused, 'training')}.`, '#/avatars?state=failing');
  }
  if (counts.failing > 0) {
    add('warn', `The checks of ${many(counts.failing, 'training')} fail.`, '#/avatars?state=failing');
  }

  problems.sort((a, b) => (a.level === b.level ? 0 : a.level === 'bad' ? -1 : 1));

  const level =
    counts.unwatched > 0 || problems.some((problem) => problem.level === 'bad')
      ? 'bad'
      : counts.late > 0 || problems.length > 0
        ? 'warn'
        : 'ok';
  return { level, sentence: `${watched(counts)} ${lateness(overview)}`, problems };
}

function watched({ training, watched: seen, unwatched, stalled }) {
  if (unwatched > 0) {
    return `${many(unwatched, 'training')} ${unwatched === 1 ? 'is' : 'are'} not watched.`;
  }
  if (training === 0) {
    return 'No training runs.';
  }
  if (stalled > 0) {
    return `${many(seen, 'training')} ${seen === 1 ? 'is' : 'are'} watched, ${count(stalled)} ${stalled === 1 ? 'is' : 'are'} stalled.`;
  }
  return training === 1 ? 'The one training is watched.' : `All ${many(training, 'training')} are watched.`;
}

function lateness({ counts, late_most_seconds: most }) {
  if (counts.late === 0) {
    return 'Nothing is late.';
  }
  const by = most > 0 ? `, ${counts.late === 1 ? '' : 'at most '}by ${length(most * 1000)}` : '';
  return `${many(counts.late, 'check')} ${counts.late === 1 ? 'is' : 'are'} late${by}.`;
}

/** What is known of fal: {level, text}. */
export function falHealth(overview) {
  const { counts, fal_paused: paused, workers } = overview;
  if (paused.length > 0) {
    return { level: 'bad', text: paused.length < workers.alive ? `paused on ${paused.length} of ${workers.alive} workers` : 'paused' };
  }
  if (counts.failing > 0 && counts.failing >= counts.watched) {
    return { level: 'bad', text: 'every check fails' };
  }
  if (counts.failing > 0) {
    return { level: 'warn', text: `answers, but ${many(counts.failing, 'training')} failing` };
  }
  if (!(overview.checks_per_second > 0)) {
    return { level: 'none', text: 'not asked lately' };
  }
  return { level: 'ok', text: 'answers' };
}

/** For the title of the window, which is seen when the page is not. */
export function titlePrefix(overview) {
  if (overview === null) {
    return '';
  }
  const { level } = verdict(overview);
  const { unwatched } = overview.counts;
  return unwatched > 0 ? `${unwatched} not watched – ` : level === 'bad' ? 'Trouble – ' : '';
}
