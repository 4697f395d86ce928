import type { EndReason, EndUnit } from '../../batch/end-why.ts'
import type { Words } from './words.ts'

const withErrors = (hasErrors: boolean) => (hasErrors ? 'avec erreurs' : 'sans erreur')

const REASONS: Readonly<Record<EndReason, string>> = {
  completed: 'Il est terminé',
  synced: 'Il est synchronisé et personne ne l’a modifié',
  failed: 'Il a échoué et personne ne l’a modifié',
  stopped: 'Il est arrêté et personne ne l’a modifié',
}
const UNITS: Readonly<Record<EndUnit, string>> = { day: 'jour', hour: 'heure', second: 'seconde' }

export const FRENCH: Words = {
  tag: 'fr',
  locale: 'fr-FR',
  units: ['o', 'ko', 'Mo', 'Go', 'To'],
  day: 'j',
  colon: '\u00a0:',
  subject: (batch, kind, hasErrors) => {
    const named = `Le lot de migration de messagerie « ${batch} »`
    if (kind === 'Started') return `${named} a démarré`
    if (kind === 'Progress') return `${named} est en cours`
    return kind === 'Stopped' ? `${named} a été arrêté` : `${named} est terminé - ${withErrors(hasErrors)}`
  },
  test: {
    subject: 'Waybill : test des paramètres de messagerie',
    says: 'Voici le message de test demandé. Les rapports des lots de migration arriveront par ce chemin.',
  },
  heading: (kind, hasErrors) => {
    if (kind === 'Started') return 'La migration a démarré'
    if (kind === 'Progress') return 'La migration est en cours'
    return kind === 'Stopped' ? 'La migration a été arrêtée' : `La migration est terminée - ${withErrors(hasErrors)}`
  },
  expiring: {
    subject: (batch, action, at) =>
      `Le lot de migration de messagerie « ${batch} » sera ${action === 'Stop' ? 'arrêté' : 'supprimé'} le ${at}`,
    heading: (action, at) => `Le lot de migration sera ${action === 'Stop' ? 'arrêté' : 'supprimé'} le ${at}`,
    next: (action) =>
      action === 'Stop'
        ? 'Plus aucun message ne sera alors synchronisé. Toute modification du lot annule cet arrêt, par exemple une synchronisation immédiate.'
        : 'Ses utilisateurs et leurs mots de passe enregistrés seront alors supprimés ; aucun message ne l’est, et ses rapports sont archivés. Démarrer ou modifier le lot annule cette suppression.',
  },
  why: ({ reason, n, unit }) => `${REASONS[reason]} depuis ${n} ${UNITS[unit]}${n > 1 ? 's' : ''}.`,
  status: 'État',
  statuses: {
    Created: 'Créé',
    Starting: 'Démarrage',
    Syncing: 'Synchronisation en cours',
    IncrementalSyncing: 'Synchronisé ; une synchronisation incrémentielle est en cours',
    Synced: 'Synchronisé',
    SyncedWithErrors: 'Synchronisé avec des erreurs',
    Stopping: 'Arrêt en cours',
    Stopped: 'Arrêté',
    Waiting: 'En attente de son heure de démarrage',
    Completing: 'Finalisation',
    Completed: 'Terminé',
    CompletedWithErrors: 'Terminé avec des erreurs',
    Failed: 'Échec',
    Removing: 'Suppression en cours',
    Corrupted: 'Endommagé',
  },
  batch: 'Lot',
  endpoint: 'Point de terminaison source',
  started: 'Démarré',
  total: 'Boîtes aux lettres',
  synced: 'Synchronisées',
  failed: 'En échec',
  stopped: 'Arrêtées avant d’être synchronisées',
  active: 'Restant à synchroniser',
  items: 'Éléments synchronisés',
  skipped: 'Éléments ignorés',
  bytes: 'Données transférées',
  rate: 'Débit',
  perSecond: (bytes) => `${bytes}/s`,
  timeLeft: 'Temps restant estimé',
  failures: 'Utilisateurs en échec',
  moreFailures: (count) => `et ${count} de plus`,
  openBatch: 'Ouvrir le lot',
  openErrors: 'Télécharger le rapport d’erreurs',
  batchCommand: 'Pour afficher le lot',
  errorsCommand: 'Pour enregistrer le rapport d’erreurs',
  attached: (fileName) =>
    `${fileName} est joint : les lignes en échec, sans leurs mots de passe, et pourquoi. Corrigez-les, donnez le fichier au lot pour modifier les utilisateurs qui y sont, puis redémarrez le lot.`,
  tooLarge: 'Le rapport d’erreurs est trop volumineux pour être joint.',
  next: (kind, hasErrors) => {
    if (kind === 'Started' || kind === 'Progress')
      return 'Un rapport suivra lorsque toutes les boîtes aux lettres auront passé leur synchronisation initiale.'
    if (kind === 'Stopped') return 'Plus aucun message n’est synchronisé. Démarrez le lot pour continuer.'
    return hasErrors
      ? 'Les boîtes aux lettres synchronisées continuent de l’être. Redémarrer le lot ne réessaie que celles en échec.'
      : 'Les boîtes aux lettres continuent d’être synchronisées jusqu’à l’arrêt ou la suppression du lot.'
  },
  footer: (at) => `Situation du ${at}. Envoyé par Waybill, car cette adresse figure dans NotificationEmails du lot.`,
}
