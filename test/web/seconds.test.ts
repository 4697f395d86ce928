/** Durations as the pages say them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatSeconds } from '../../web/src/ui/seconds.ts'
import { en } from '../../web/src/words/en.ts'
import fr from '../../web/src/words/fr.ts'

test('a duration is its largest unit and the one below it, in either language', () => {
  const HOUR = 3600
  const seconds = [0, 45, 303, 2 * HOUR + 359, 2 * HOUR + 30, 24 * HOUR, 76 * HOUR + 3540]
  assert.deepEqual(
    seconds.map((one) => formatSeconds(en, one)),
    ['0 s', '45 s', '5 min 3 s', '2 h 5 min', '2 h', '1 d', '3 d 4 h'],
  )
  assert.equal(formatSeconds(fr, 76 * HOUR + 3540), '3 j 4 h')
  assert.deepEqual([formatSeconds(en, 0.1), formatSeconds(fr, 0.4)], ['under 1 second', 'moins d’une seconde'])
})
