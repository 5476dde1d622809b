// A directory of the host copied to another place there, in POSIX sh. It knows the variables that copy's script sets.
import { RECURSE } from './file-states.ts';

/**
 * `copy_directory` copies $src, its content only where a slash ends it, to $dest, and ends the script: as ansible 2.14, where
 * files are the same when their content is, and bring their mode with them. With $local_follow what links lead to is copied.
 */
export const COPY_DIRECTORY = `${RECURSE}
copy_directory() {
  if [ -e "$dest" ] && [ ! -d "$dest" ]; then fail "Cannot copy the directory $src to $dest, which is none"; fi
  # As there: attributes are those of what is put into a directory, or of the directory that is made.
  dressed=$dest
  case $src in
  */)
    target=$dest
    if [ -d "$dest" ]; then dressed=\${dest%/}/; fi ;;
  *)
    target=\${dest%/}/\${src##*/}
    if [ -d "$dest" ]; then dressed=$target; fi ;;
  esac
  make_like "$src" "$target"
  copy_below "\${src%/}" "$target"
  path=$target follow=''
  if [ "$want_uid" ] && [ -d "$path" ]; then recurse_ids 'chown failed' chown -user "$want_uid"; fi
  if [ "$want_gid" ] && [ -d "$path" ]; then recurse_ids 'chgrp failed' chgrp -group "$want_gid"; fi
  if [ -e "$dressed" ]; then ensure_attrs "$dressed"; fi
  report tree yes; report dest "$dressed"
  report_path_info "$dressed"
  finish
}
# SOURCE TARGET: a directory, and those above it.
make_like() {
  if [ -d "$2" ]; then return; fi
  change "Could not make $2" mkdir -p "$2"
  if [ ! "$check" ]; then lstat "$1/."; octal $((st_mode & 4095)); change "Could not set the mode of $2" chmod "$octal" "$2"; fi
}
# Only positional parameters are each call's own.
copy_below() {
  for one in "$1"/* "$1"/.[!.]* "$1"/..?*; do
    if [ -L "$one" ] && { [ ! "$local_follow" ] || [ ! -e "$one" ]; }; then copy_link "$one" "$2/\${one##*/}"
    elif [ -d "$one" ]; then
      make_like "$one" "$2/\${one##*/}"
      copy_below "$one" "$2/\${one##*/}"
    elif [ -f "$one" ]; then copy_file "$one" "$2/\${one##*/}"; fi
  done
}
copy_file() {
  if [ -f "$2" ] && cmp -s "$1" "$2"; then return; fi
  if [ -d "$2" ]; then fail "Cannot copy $1 to $2, which is a directory"; fi
  changed=true
  if [ "$check" ]; then return; fi
  directory_of "$2"
  make_temp "$directory"
  cat "$1" >"$temp" || fail "Could not write $temp"
  real_path "$1"; lstat "$real"
  octal $((st_mode & 4095)); chmod "$octal" "$temp"
  put_in_place "$2"
}
copy_link() {
  link_target "$1"; wanted_target=$target
  if [ -L "$2" ]; then
    link_target "$2"
    if [ "$target" = "$wanted_target" ]; then return; fi
  elif [ -d "$2" ]; then fail "Cannot put the link $1 in place of the directory $2"; fi
  change 'Error while linking' ln -sfn -- "$wanted_target" "$2"
}`;
