import type { Io } from "../io.ts";
import type { SHELLS } from "../commands.ts";

type Shell = (typeof SHELLS)[number];

/*
 * Each asks `rulewright complete -- <words before> =<word under the cursor>` at every TAB, the `=` because some shells drop an empty
 * argument. Lines of the answer are a value, a tab and what it is; the last says what else fits: `:files`, `:folders` or `:none`.
 */
const BASH = String.raw`
_rulewright() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" line value kind=none
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) kind="\${line#:}" ;;
      *) value="\${line%%$'\t'*}"; [[ "$value" == "$cur"* ]] && COMPREPLY+=("$(printf %q "$value")") ;;
    esac
  done < <(rulewright complete -- "\${COMP_WORDS[@]:1:COMP_CWORD-1}" "=$cur" 2>/dev/null)
  local only=-f
  case "$kind" in
    none) return ;;
    folders) only=-d ;;
  esac
  compopt -o filenames 2>/dev/null
  while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen "$only" -- "$cur")
}
complete -F _rulewright rulewright
`;

const ZSH = String.raw`#compdef rulewright
_rulewright() {
  local line kind=none
  local -a values
  while IFS= read -r line; do
    case "$line" in
      :*) kind="\${line#:}" ;;
      *) values+=("\${\${line%%$'\t'*}//:/\\:}:\${line#*$'\t'}") ;;
    esac
  done < <(rulewright complete -- "\${(@)words[2,CURRENT-1]}" "=\${words[CURRENT]}" 2>/dev/null)
  (( $#values )) && _describe rulewright values
  case "$kind" in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [ "$funcstack[1]" = "_rulewright" ]; then _rulewright "$@"; else compdef _rulewright rulewright; fi
`;

const FISH = String.raw`
function __rulewright_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  rulewright complete -- $words[2..-1] "=$current" 2>/dev/null
end
complete -c rulewright -e
complete -c rulewright -f -a '(__rulewright_complete | string match -v ":*")'
complete -c rulewright -n '__rulewright_complete | string match -q -r "^:(files|folders)"' -F
`;

/** Where the answer is empty PowerShell completes files by itself. */
const POWERSHELL = String.raw`
Register-ArgumentCompleter -Native -CommandName rulewright -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $before = @($commandAst.CommandElements | Select-Object -Skip 1 | Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  & rulewright complete '--' @before "=$wordToComplete" 2>$null | Where-Object { -not $_.StartsWith(':') } | ForEach-Object {
    $value, $description = $_ -split [char]9, 2
    if ($value -like "$wordToComplete*") {
      [System.Management.Automation.CompletionResult]::new($value, $value, 'ParameterValue', $(if ($description) { $description } else { $value }))
    }
  }
}
`;

const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH, powershell: POWERSHELL };

/** `rulewright completion <shell>`: prints the script to source. */
export async function completion(shell: Shell, io: Pick<Io, "out">): Promise<number> {
  // A template literal takes ${ for its own.
  io.out(`${SCRIPTS[shell].trim().replaceAll(String.raw`\${`, "${")}\n`);
  return 0;
}
