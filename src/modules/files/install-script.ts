// A file put in its place, in POSIX sh: what copy, template and assemble do on the host. It does not know where the content comes from.
import { word } from '../script/script.ts';
import { SHOWN_LIMIT_BYTES } from './difference.ts';
import { PRESERVE } from './mode.ts';

/** The mode is that of $src, on the host. */
export const PRESERVE_REMOTE = `real_path "$src"; lstat "$real"
kept_mode=$((st_mode & 4095))
wanted_mode() { new_mode=$kept_mode; }`;

/** `dress_directory PATH` gives a directory that was made its mode and owner. */
export function directoryMode(mode: string | undefined): string {
  const chmod = mode === undefined || mode === PRESERVE ? '' : `change 'chmod failed' chmod ${word(mode)} "$1"`;
  return `dress_directory() {
  if [ "$want_uid" ]; then change 'chown failed' chown "$want_uid" "$1"; fi
  if [ "$want_gid" ]; then change 'chgrp failed' chgrp "$want_gid" "$1"; fi
  ${chmod}
}`;
}

/** `make_directories` makes $dest a directory, with those above it, and sets dest to $name in it. Needs {@link directoryMode}. */
export const MAKE_DIRECTORIES = `make_directories() {
  directory=$dest
  while [ ! -d "$directory" ]; do
    set -- "$directory" "$@"
    directory_of "$directory"
  done
  for directory; do
    change "Could not make $directory" mkdir "$directory"
    if [ ! "$check" ]; then dress_directory "$directory"; fi
  done
  dest=\${dest%/}/$name
}`;

/**
 * `install` makes $dest what `new_content` writes, where it is not yet; `into_directory` comes before it, for a $dest that is one.
 * Needs `same_content`, and the flags of its caller.
 */
export const INSTALL = `into_directory() {
  if [ ! -d "$dest" ]; then return 0; fi
  if [ ! "$name" ]; then fail 'can not use content with a dir as dest'; fi
  dest=\${dest%/}/$name
}
install() {
  if [ "$follow" ] && [ -L "$dest" ] && [ -e "$dest" ]; then real_path "$dest"; dest=$real; fi
  report dest "$dest"
  # As ansible 2.14: only a source of the host replaces a link to nothing.
  if [ ! "$force" ] && { [ -e "$dest" ] || { [ -L "$dest" ] && [ ! "$on_host" ]; }; }; then report_path_info "$dest"; return 0; fi
  if [ -f "$dest" ] && [ ! -L "$dest" ] && same_content "$dest"; then
    ensure_attrs "$dest"
    report_path_info "$dest"
  else
    if [ -d "$dest" ]; then fail "Destination $dest is a directory"; fi
    directory_of "$dest"
    if [ ! "$check" ] && [ ! -d "$directory" ]; then fail "Destination directory $directory does not exist"; fi
    changed=true
    if [ "$check" ]; then show_old; report_path_info "$dest"
    elif [ "$here" ]; then replace_dest
    else report wants upload; fi
  fi
}
replace_dest() {
  make_temp "$directory"
  new_content >"$temp" || fail "Could not write $temp"
  dress_temp "$dest"
  run_validate
  show_old
  if [ "$backup" ] && [ -e "$dest" ]; then backup "$dest"; fi
  put_in_place "$dest"
  report_path_info "$dest"
}
show_old() {
  report replaced yes
  if [ ! "$diff" ] || [ ! -f "$dest" ]; then return 0; fi
  old_size=$(($(wc -c <"$dest")))
  report old_size "$old_size"
  if [ "$old_size" -le ${SHOWN_LIMIT_BYTES} ]; then send_body "$dest"; fi
}`;
