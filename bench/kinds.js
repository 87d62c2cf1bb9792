'use strict'
const workloads = require('./workloads')

/**
 * What can be measured of a work: by which file, and what of its figures a table shows.
 * `level` is the median of a figure, `spread` its quartiles, `added` what there is over no tracing with the quartiles of the rounds, `ratio` that in terms of the best peer;
 * With `exact` one sample is enough, for it would be the same again.
 */
exports.KINDS = [
  {
    key: 'requests', works: workloads.REQUESTS, file: './requests',
    columns: [
      { head: 'µs CPU a request', level: 'cpu' }, { head: 'added', added: 'cpu' }, { head: 'to the best peer', ratio: 'cpu' },
      { head: 'added to the main thread', added: 'main' }, { head: 'spans a request', level: 'spans', digits: 2 }, { head: 'bytes sent a request', level: 'bytes' }
    ]
  },
  {
    key: 'instructions', works: workloads.INSTRUCTIONS, file: './instructions',
    columns: [
      { head: 'thousands of instructions a request', level: 'instructions', digits: 1 }, { head: 'added', added: 'instructions', exact: true, digits: 1 }, { head: 'to the best peer', ratio: 'instructions', exact: true },
      { head: 'not in the first caches', level: 'first' }, { head: 'added', added: 'first', exact: true }, { head: 'nor in the second', level: 'second' }, { head: 'added', added: 'second', exact: true }
    ]
  },
  {
    key: 'rates', works: workloads.RATES, file: './rate',
    columns: [
      { head: 'p50, µs', level: 'p50' }, { head: 'added', added: 'p50' }, { head: 'p99, µs', level: 'p99' }, { head: 'added', added: 'p99' },
      { head: 'RSS, MB', level: 'rss' }, { head: 'added', added: 'rss', digits: 1 }, { head: 'heap after collection, MB', level: 'heap', digits: 1 }
    ]
  },
  {
    key: 'starts', works: workloads.STARTS, file: './starts',
    columns: [
      { head: 'ms CPU', level: 'ms' }, { head: 'added', added: 'ms', digits: 1 }, { head: 'to the best peer', ratio: 'ms' },
      { head: 'ms by the clock, added', added: 'wall', digits: 1 },
      { head: 'modules added', added: 'modules' }, { head: 'µs CPU a require', level: 'require' }, { head: 'added', added: 'require' }
    ]
  },
  {
    key: 'batches', works: workloads.BATCHES, file: './encoders',
    columns: [{ head: 'ns CPU a span', level: 'ns' }, { head: 'quartiles', spread: 'ns' }, { head: 'bytes a span', level: 'bytes' }]
  },
  { key: 'installs', works: workloads.INSTALLS, file: './installs', columns: [{ head: 'MB', level: 'mb', digits: 1 }, { head: 'packages', level: 'packages' }] }
]
