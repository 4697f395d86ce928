/** `eval "$(waybill aliases)"`: every cmdlet becomes a command of bash or zsh. */

/**
 * Functions in bash. In zsh aliases with noglob, for zsh refuses `Max*` where no file fits it. The variables make
 * `-Confirm:$false` arrive as `-Confirm:$false`.
 */
export function aliasScript(names: readonly string[], launcher: string): string {
  const path = quoted(launcher)
  return `true='$true' false='$false' null='$null'
if [ -n "\${ZSH_VERSION-}" ]; then
${names.map((name) => `  alias ${name}=${quoted(`noglob ${path} ${name}`)}`).join('\n')}
  alias waybill=${quoted(`noglob ${path}`)}
else
${names.map((name) => `  function ${name} { ${path} ${name} "$@"; }`).join('\n')}
  function waybill { ${path} "$@"; }
fi
`
}

export const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`
