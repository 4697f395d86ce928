export { wrongAt } from '../field-refusal.ts'
