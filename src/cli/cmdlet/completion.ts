/** `waybill completion bash|zsh`: cmdlets, their parameters and enum values are in the script, names are asked for. */
import { commonParameters } from './common-parameters.ts'
import type { Cmdlet } from './declare.ts'
import { quoted } from './aliases.ts'

/** What stands after each parameter: enum values, or `@kind` of names that the server knows, or `@files`. */
function table(cmdlets: readonly Cmdlet[]): { parameters: string[]; values: string[] } {
  const parameters: string[] = []
  const values: string[] = []
  for (const cmdlet of cmdlets) {
    const all = Object.entries({ ...cmdlet.parameters, ...commonParameters(cmdlet) })
    const name = cmdlet.name.toLowerCase()
    parameters.push(`    ${name}) echo ${quoted(all.map(([own]) => `-${own}`).join(' '))} ;;`)
    for (const [own, { type, values: allowed, completes, position }] of all) {
      const what =
        type === 'enum'
          ? allowed!.join(' ')
          : completes !== undefined
            ? `@${completes}`
            : type === 'path'
              ? '@files'
              : type === 'bool'
                ? "'$true' '$false'"
                : ''
      if (what === '') continue
      const keys = [`${name}:-${own.toLowerCase()}`, ...(position === undefined ? [] : [`${name}:${position}`])]
      values.push(`    ${keys.join('|')}) echo ${quoted(what.replaceAll("'", ''))} ;;`)
    }
  }
  return { parameters, values }
}

/** Only what bash and zsh both understand: the two shells' parts only differ in how words come and answers go. */
const shared = (cmdlets: readonly Cmdlet[]): string => {
  const { parameters, values } = table(cmdlets)
  return `_waybill_lower() { printf '%s' "$1" | tr 'A-Z' 'a-z'; }
_waybill_cmdlets() { echo ${quoted(cmdlets.map(({ name }) => name).join(' '))}; }
_waybill_parameters() {
  case "$1" in
${parameters.join('\n')}
  esac
}
# After which parameter, or at which position, of which cmdlet.
_waybill_values() {
  case "$1:$2" in
${values.join('\n')}
  esac
}
`
}

export function bashCompletion(cmdlets: readonly Cmdlet[], launcher: string): string {
  return `# eval "$(waybill completion bash)"
${shared(cmdlets)}_waybill_offer() {
  local word lower
  lower=$(_waybill_lower "$1")
  for word in $2; do
    [[ $(_waybill_lower "$word") == "$lower"* ]] && COMPREPLY+=("$word")
  done
}
_waybill_complete() {
  local line=("\${COMP_WORDS[@]:0:COMP_CWORD}") current=\${COMP_WORDS[COMP_CWORD]}
  local cmdlet at=0 position=0 previous= what name
  COMPREPLY=()
  cmdlet=\${line[0]##*/}
  case $cmdlet in
    *-*) at=1 ;;
    *)
      at=1
      while [[ \${line[at]} == --server || \${line[at]} == --data ]]; do at=$((at + 2)); done
      if [ "$at" -ge "$COMP_CWORD" ]; then
        _waybill_offer "$current" "$(_waybill_cmdlets) aliases completion connect csv disconnect migrate token verify"
        return
      fi
      cmdlet=\${line[at]}
      at=$((at + 1))
      ;;
  esac
  cmdlet=$(_waybill_lower "$cmdlet")
  for ((; at < COMP_CWORD; at++)); do
    case \${line[at]} in
      -*) previous=$(_waybill_lower "\${line[at]}") ;;
      *) [ -n "$previous" ] || position=$((position + 1)); previous= ;;
    esac
  done
  if [[ $current == -* ]]; then
    _waybill_offer "$current" "$(_waybill_parameters "$cmdlet")"
    return
  fi
  what=$(_waybill_values "$cmdlet" "\${previous:-$position}")
  case $what in
    @files) compopt -o default 2>/dev/null; COMPREPLY=() ;;
    @cmdlets) _waybill_offer "$current" "$(_waybill_cmdlets)" ;;
    @*)
      while IFS= read -r name; do COMPREPLY+=("$(printf '%q' "$name")"); done < <(
        ${quoted(launcher)} complete-name "\${what#@}" "$current" 2>/dev/null
      )
      ;;
    ?*) _waybill_offer "$current" "$what" ;;
  esac
}
complete -F _waybill_complete waybill ./waybill ${cmdlets.map(({ name }) => name).join(' ')}
`
}

export function zshCompletion(cmdlets: readonly Cmdlet[], launcher: string): string {
  return `# eval "$(waybill completion zsh)"
(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }
${shared(cmdlets)}_waybill_complete() {
  local cmdlet=\${words[1]:t} at=2 position=0 previous= what
  local -a offered
  if [[ $cmdlet != *-* ]]; then
    while [[ \${words[at]} == --server || \${words[at]} == --data ]]; do at=$((at + 2)); done
    if (( at >= CURRENT )); then
      offered=(\${=$(_waybill_cmdlets)} aliases completion connect csv disconnect migrate token verify)
      compadd -M 'm:{a-zA-Z}={A-Za-z}' -- $offered
      return
    fi
    cmdlet=\${words[at]}
    at=$((at + 1))
  fi
  cmdlet=$(_waybill_lower "$cmdlet")
  for ((; at < CURRENT; at++)); do
    case \${words[at]} in
      -*) previous=$(_waybill_lower "\${words[at]}") ;;
      *) [[ -n $previous ]] || position=$((position + 1)); previous= ;;
    esac
  done
  if [[ $PREFIX == -* ]]; then
    offered=(\${=$(_waybill_parameters "$cmdlet")})
    compadd -M 'm:{a-zA-Z}={A-Za-z}' -- $offered
    return
  fi
  what=$(_waybill_values "$cmdlet" "\${previous:-$position}")
  case $what in
    @files) _files; return ;;
    @cmdlets) offered=(\${=$(_waybill_cmdlets)}) ;;
    @*) offered=("\${(@f)$(${quoted(launcher)} complete-name "\${what#@}" "$PREFIX" 2>/dev/null)}") ;;
    *) offered=(\${=what}) ;;
  esac
  compadd -M 'm:{a-zA-Z}={A-Za-z}' -- $offered
}
compdef _waybill_complete waybill ${cmdlets.map(({ name }) => name).join(' ')}
`
}
