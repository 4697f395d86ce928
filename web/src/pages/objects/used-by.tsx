import { Link } from 'react-router'
import { paths } from '../../paths.ts'
import { useWords } from '../../words/words.ts'

/** More are told by their number. */
const MOST = 20

/** The batches that keep something from being removed, each a way there. */
export function UsedBy({ batches }: { readonly batches: readonly string[] }) {
  const words = useWords()
  if (batches.length === 0) return words.usedBy.nobody
  return (
    <ul className="used-by">
      {batches.slice(0, MOST).map((name) => (
        <li key={name}>
          <Link to={paths.batch(name)}>{name}</Link>
        </li>
      ))}
      {batches.length > MOST && <li>{words.usedBy.more(batches.length - MOST)}</li>}
    </ul>
  )
}
