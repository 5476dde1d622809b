// The completion scripts of the shells: thin, since what can stand where is asked of the program. They know no verb and no flag.

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

const BASH = `# Completion of sshoal for bash. For this shell:  eval "$(sshoal completion bash)"
# For every shell:  sshoal completion bash > ~/.local/share/bash-completion/completions/sshoal
_sshoal() {
  local line kind='' current=\${COMP_WORDS[COMP_CWORD]}
  COMPREPLY=()
  while IFS= read -r line; do
    if [ -z "$kind" ]; then kind=$line; else COMPREPLY+=("$line"); fi
  done < <(command sshoal complete bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
  case $current in
    : | = | @) current='' ;;
    \\"* | \\'*) current=\${current:1} ;;
  esac
  case $kind in
    files)
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
      ;;
    playbooks)
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(
        compgen -d -- "$current"
        compgen -f -X '!*.yml' -- "$current"
        compgen -f -X '!*.yaml' -- "$current"
      )
      ;;
    *) return 0 ;;
  esac
  # Blanks in names are quoted, and a slash ends a directory. Bash 3 has no compopt.
  compopt -o filenames 2>/dev/null
  return 0
}
complete -F _sshoal sshoal
`;

const ZSH = `#compdef sshoal
# Completion of sshoal for zsh. For this shell:  eval "$(sshoal completion zsh)"
# For every shell:  sshoal completion zsh > "\${fpath[1]}/_sshoal"
_sshoal() {
  local -a reply texts shown
  local line
  reply=("\${(@f)$(command sshoal complete zsh -- "\${(@)words[2,CURRENT-1]}" "$PREFIX" 2>/dev/null)}")
  case $reply[1] in
    files)
      compset -P '--*='
      _files
      ;;
    playbooks) _files -g '*.(yml|yaml)(-.)' ;;
    *)
      for line in "\${(@)reply[2,-1]}"; do
        texts+=("\${line%%$'\\t'*}")
        shown+=("\${line/$'\\t'/  }")
      done
      (( $#texts )) && compadd -l -d shown -a texts
      ;;
  esac
}
if [ "$funcstack[1]" = _sshoal ]; then
  _sshoal "$@"
elif (( $+functions[compdef] )); then
  compdef _sshoal sshoal
fi
`;

const FISH = `# Completion of sshoal for fish. For this shell:  sshoal completion fish | source
# For every shell:  sshoal completion fish > ~/.config/fish/completions/sshoal.fish
function __sshoal_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -e words[1]
    set -l reply (command sshoal complete fish -- $words "$current" 2>/dev/null)
    set -l before (string match -r -- '^--[^=]*=' "$current")
    switch "$reply[1]"
        case files
            for file in (__fish_complete_path (string replace -- "$before" '' "$current"))
                echo "$before$file"
            end
        case playbooks
            __fish_complete_path "$current" | string match -r -- '.*(?:/|\\.ya?ml)(?:\\t.*)?$'
        case '*'
            set -e reply[1]
            test (count $reply) -gt 0; and printf '%s\\n' $reply
    end
end
complete -c sshoal -f -a '(__sshoal_complete)'
`;

export const SCRIPTS: Readonly<Record<Shell, string>> = { bash: BASH, zsh: ZSH, fish: FISH };
