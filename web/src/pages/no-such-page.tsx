import { Link } from 'react-router'
import { paths } from '../paths.ts'
import { usePageTitle } from '../ui/page-title.tsx'
import { useWords } from '../words/words.ts'

export function NoSuchPage() {
  const words = useWords()
  usePageTitle(words.noSuchPage)
  return (
    <div className="page">
      <h1>{words.noSuchPage}</h1>
      <p>
        <Link to={paths.batches()}>{words.toBatches}</Link>
      </p>
    </div>
  )
}
