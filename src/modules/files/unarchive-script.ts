// Looking into archives and unpacking them with a host's own tools, in POSIX sh. It knows the variables its script sets.

/** Unpacks $source into $dest unless it is there. Needs WORK, INSPECT and ATTRIBUTES. */
export const UNARCHIVE = `if [ ! -e "$source" ]; then fail "Source '$source' does not exist"; fi
if [ ! -r "$source" ]; then fail "Source '$source' not readable"; fi
if [ ! -s "$source" ]; then fail "Invalid archive '$source', the file is 0 bytes"; fi
if [ ! -d "$dest" ]; then fail "dest '$dest' must be an existing dir"; fi
# What it is by its first bytes: a name may say anything. Ansible calls all that tar itself unpacks a TarArchive.
case $(od -An -tx1 -N6 "$source" | tr -d ' \\n') in
504b*) handler=ZipArchive packed='' ;;
1f8b*) handler=TgzArchive packed=-z ;;
425a68*) handler=TarArchive packed=-j ;;
fd377a585a*) handler=TarArchive packed=-J ;;
28b52ffd*) handler=TarArchive packed=--zstd ;;
*) handler=TarArchive packed='' ;;
esac
report handler "$handler"
# Every option that says which part of the archive is meant, and where; then the rest.
tar_with() {
  action=$1; shift
  set -- "$action" -C "$dest" "$@"
  if [ "$packed" ]; then set -- "$@" "$packed"; fi
  if [ "$owner" ]; then set -- "$@" "--owner=$owner"; fi
  if [ "$group" ]; then set -- "$@" "--group=$group"; fi
  if [ "$keep_newer" ] && [ "$action" != --list ]; then set -- "$@" --keep-newer-files; fi
  tar_words "$@"
}
read_tar() {
  tar=''
  for one in gtar tar; do
    case $("$one" --version 2>/dev/null) in *'GNU tar'*) tar=$one; break ;; esac
  done
  if [ ! "$tar" ]; then fail 'There is no GNU tar on this host'; fi
  files=$(tar_with --list --quoting-style=literal 2>"$work/trouble") || fail "Failed to find handler for \\"$source\\". Unable to list files in the archive: $(cat "$work/trouble")"
  if [ ! "$files" ]; then fail "Failed to find handler for \\"$source\\". It holds no files"; fi
  if [ "$check" ]; then report no_check yes; finish; fi
  tar_with --diff >"$work/differs" 2>&1 || :
  # Only differences that unpacking would not bring about again, or that are set below anyway.
  wanted=': Mod time differs$|: Warning: Cannot stat: No such file or directory$|: Invalid (owner|group)'
  if [ ! "$mode" ]; then wanted="$wanted|: Mode differs$"; fi
  if [ "$(id -u)" -eq 0 ] && [ ! "$owner" ]; then wanted="$wanted|: Uid differs$"; fi
  if [ "$(id -u)" -eq 0 ] && [ ! "$group" ]; then wanted="$wanted|: Gid differs$"; fi
  if grep -v ': : Warning: Cannot stat' "$work/differs" | grep -Eq "$wanted"; then
    changed=true
    report extracted "$tar$nl--extract$nl-C$nl$dest\${packed:+$nl$packed}$nl-f$nl$source"
    tar_with --extract >"$work/out" 2>"$work/trouble" || fail "failed to unpack $source to $dest: $(cat "$work/trouble")"
    report stdout "$(cat "$work/out")"; report stderr "$(cat "$work/trouble")"
  fi
}
read_zip() {
  command -v unzip >/dev/null 2>&1 || fail 'There is no unzip on this host'
  mkdir "$work/tree"
  trouble=$(unzip_words "$work/tree" 2>&1 </dev/null) || fail "failed to unpack $source: $trouble"
  # A slash at the end of a directory, as archives have it.
  files=$(cd "$work/tree" && find . ! -name . \\( -type d -exec printf '%s/\\n' '{}' \\; -o -print \\) | sed 's/^\\.\\///' | sort)
  old_ifs=$IFS; IFS=$nl
  set -f
  for one in $files; do
    case $one in
    */) if [ ! -d "$dest/$one" ]; then changed=true; break; fi ;;
    *)
      if [ "$keep_newer" ] && [ "$(find "$dest/$one" -prune -newer "$work/tree/$one" 2>/dev/null)" ]; then continue; fi
      if [ -L "$work/tree/$one" ]; then
        if [ "$(readlink "$work/tree/$one")" != "$(readlink "$dest/$one" 2>/dev/null)" ]; then changed=true; break; fi
      elif ! cmp -s "$work/tree/$one" "$dest/$one"; then changed=true; break; fi ;;
    esac
  done
  set +f
  IFS=$old_ifs
  if [ "$changed" = false ] || [ "$check" ]; then return 0; fi
  report extracted "unzip$nl-o$nl$source$nl-d$nl$dest"
  trouble=$(unzip_words "$dest" 2>&1 </dev/null) || fail "failed to unpack $source to $dest: $trouble"
}
case $handler in ZipArchive) read_zip ;; *) read_tar ;; esac
if [ "$list_files" ]; then report files "$files"; fi
if [ "$dressed" ] && [ ! "$check" ]; then
  old_ifs=$IFS; IFS=$nl
  set -f
  for one in $files $(printf '%s\\n' "$files" | sed -n 's/\\/.*//p' | sort -u); do
    one=\${one#/}
    if [ -e "$dest/$one" ] || [ -L "$dest/\${one%/}" ]; then ensure_attrs "$dest/\${one%/}"; fi
  done
  set +f
  IFS=$old_ifs
fi
report_path_info "$dest"`;
