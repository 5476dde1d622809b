// The states of the module file in POSIX sh, one function each. They know the variables its script sets, no parameters.

/** `ensure_times PATH` sets the times that $mtime and $atime ask for: preserve, now, or a time of `touch -t`. */
export const TIMES = `# The seconds of a time in the host's own zone: a new file is given it, and asked.
seconds_of() {
  reference=\${TMPDIR:-/tmp}/.sshoal-$token.time
  (umask 77; set -C; : >"$reference") 2>/dev/null || fail "Cannot write $reference"
  touch -t "$1" "$reference" || fail "Error while obtaining timestamp for time $1"
  lstat "$reference"; seconds=$st_mtime
  rm -f "$reference"
}
# FLAG WANTED CURRENT PATH
ensure_time() {
  case $2 in
  preserve) ;;
  now) change 'Error while updating modification or access time' touch -c "$1" "$4" ;;
  *)
    seconds_of "$2"
    if [ "$seconds" != "$3" ]; then change 'Error while updating modification or access time' touch -c "$1" -t "$2" "$4"; fi ;;
  esac
}
ensure_times() {
  if [ "$mtime" = now ] && [ "$atime" = now ]; then
    change 'Error while updating modification or access time' touch -c "$1"
    return
  fi
  if [ "$mtime" = preserve ] && [ "$atime" = preserve ]; then return; fi
  timed=$1
  if [ -L "$1" ]; then real_path "$1"; timed=$real; fi
  lstat "$timed"; was_mtime=$st_mtime was_atime=$st_atime
  ensure_time -m "$mtime" "$was_mtime" "$timed"
  ensure_time -a "$atime" "$was_atime" "$timed"
}`;

/**
 * `recurse` gives everything below $path the attributes: one `find` to look and one to change for each of owner, group and
 * mode, however many files there are. With $follow also what links lead to, as in ansible 2.14.
 */
export const RECURSE = `# WHAT TOOL TEST ID
recurse_ids() {
  if [ "$4" = unknown ]; then changed=true; return; fi
  if [ "$follow" ]; then
    change_found "$1" -L "$path" ! -type l ! "$3" "$4" -exec "$2" "$4" '{}' +
    change_found "$1" -P "$path" -type l ! "$3" "$4" -exec "$2" -h "$4" '{}' +
  else
    change_found "$1" -P "$path" ! "$3" "$4" -exec "$2" -h "$4" '{}' +
  fi
}
# WHAT -L|-P PATH TEST... -exec TOOL... {} +
change_found() {
  what_failed=$1; shift
  # The same tests, only looking: an action after -print would be reached by what differs only.
  if [ "$(find_first "$@")" ]; then change "$what_failed" find "$@"; fi
}
find_first() {
  count=$#
  while [ "$count" -gt 0 ] && [ "$1" != -exec ]; do
    set -- "$@" "$1"; shift; count=$((count - 1))
  done
  while [ "$count" -gt 0 ]; do shift; count=$((count - 1)); done
  find "$@" -print | sed -n 1p
}
# Files of the same mode get the same new one: the modes there are, then one find with a branch for each.
recurse_modes() {
  know_stat
  # What lstat knew of a path is overwritten with what others are.
  walk=-P st_path=''
  if [ "$follow" ]; then walk=-L; fi
  set --
  for st_hex in $(find "$walk" "$path" ! -type l -exec stat -L "$stat_flag" "$stat_mode" '{}' + | sort -u); do
    st_mode=$((0x$st_hex)); wanted_mode
    if [ $((st_mode & 4095)) -eq "$new_mode" ]; then continue; fi
    if [ $# -gt 0 ]; then set -- "$@" -o; fi
    octal $((st_mode & 4095)); old_octal=$octal; octal "$new_mode"
    if [ $((st_mode & 61440)) -eq 16384 ]; then set -- "$@" '(' -type d; else set -- "$@" '(' ! -type d; fi
    set -- "$@" -perm "$old_octal" -exec chmod "$octal" '{}' + ')'
  done
  if [ $# -gt 0 ]; then change 'chmod failed' find "$walk" "$path" ! -type l '(' "$@" ')'; fi
}
recurse() {
  if [ "$want_uid" ]; then recurse_ids 'chown failed' chown -user "$want_uid"; fi
  if [ "$want_gid" ]; then recurse_ids 'chgrp failed' chgrp -group "$want_gid"; fi
  recurse_modes
}`;

/** `ensure_state` makes $path be what $wanted says. */
export const FILE_STATES = `follow_path() {
  if [ "$follow" ] && [ "$state" = link ]; then
    real_path "$path" || fail "Cannot follow the link $path"
    path=$real
    state_of "$path"
  fi
}
ensure_absent() {
  case $was in
  absent) ;;
  directory) change 'rmtree failed' rm -rf "$path" ;;
  *) change 'unlinking failed' rm -f "$path" ;;
  esac
}
ensure_file() {
  follow_path; was=$state
  if [ "$state" != file ] && [ "$state" != hard ]; then
    report state "$state"; report path "$path"
    fail "file ($path) is $state, cannot continue"
  fi
  ensure_attrs "$path"
  ensure_times "$path"
}
create_empty() { : >"$1"; }
ensure_touched() {
  if [ "$was" = absent ]; then
    change 'Error, could not touch target' create_empty "$path"
    if [ "$check" ]; then return; fi
  fi
  touched=$path
  if [ "$follow" ] && [ -L "$path" ]; then real_path "$path"; touched=$real; fi
  # What a link to nothing leads to has no attributes.
  if [ -e "$touched" ] || [ -L "$touched" ]; then ensure_attrs "$touched"; ensure_times "$touched"; fi
}
# As Ansible: whoever makes it at the same moment, it is there.
make_directory() { mkdir "$1" || [ -d "$1" ]; }
ensure_directory() {
  follow_path; was=$state
  if [ "$was" = absent ]; then
    changed=true
    if [ "$check" ]; then return; fi
    missing=$path
    set --
    while [ ! -d "$missing" ]; do
      set -- "$missing" "$@"
      directory_of "$missing"; missing=$directory
    done
    for missing; do
      change "There was an issue creating $missing as requested" make_directory "$missing"
      ensure_attrs "$missing"
    done
    ensure_times "$path"
  elif [ "$was" != directory ]; then fail "$path already exists as a $was"
  else
    ensure_attrs "$path"
    ensure_times "$path"
    recurse
  fi
}
ensure_link() {
  src_given=$has_src
  if [ ! "$has_src" ] && [ "$follow" ] && [ "$was" = link ]; then link_target "$path"; src=$target has_src=yes; fi
  if [ "$was" = directory ]; then directory=$path; else directory_of "$path"; fi
  case $src in
  /*) leads_to=$src ;;
  *) leads_to=\${directory%/}/$src ;;
  esac
  if [ ! "$force" ] && [ "$src_given" ] && [ ! -e "$leads_to" ]; then
    fail "src file does not exist, use \\"force=yes\\" if you really want to create the link: $leads_to"
  fi
  case $was in
  directory)
    if [ ! "$force" ]; then fail "refusing to convert from directory to symlink for $path"; fi
    if [ "$(ls -A "$path")" ]; then fail "the directory $path is not empty, refusing to convert it"; fi ;;
  file | hard)
    if [ ! "$force" ]; then fail "refusing to convert from $was to symlink for $path"; fi ;;
  esac
  if [ ! "$has_src" ] && [ "$was" != link ]; then fail 'src is required for creating new symlinks'; fi
  target=''
  if [ "$was" = link ]; then link_target "$path"; fi
  report src "$src"
  if [ "$has_src" ] && { [ "$was" != link ] || [ "$target" != "$src" ]; }; then
    if [ "$was" = link ]; then note src "$target" "$src"; fi
    if [ "$was" = directory ]; then change 'Error while replacing' rmdir "$path"; fi
    change 'Error while linking' ln -sfn -- "$src" "$path"
  fi
  attrs_of_link
}
# Attributes belong to what a link leads to, unless they are not to follow it.
attrs_of_link() {
  if [ ! -e "$path" ] && { [ "$follow" ] || [ ! -L "$path" ]; }; then return; fi
  dressed=$path
  if [ "$follow" ] && [ -L "$path" ]; then real_path "$path"; dressed=$real; fi
  ensure_attrs "$dressed"
  ensure_times "$dressed"
}
ensure_hard() {
  if [ "$was" != hard ] && [ ! "$has_src" ]; then fail 'src is required for creating new hardlinks'; fi
  report src "$src"
  if [ "$has_src" ]; then
    case $src in
    -*) src=./$src ;;
    esac
    if [ ! -e "$src" ]; then fail 'src does not exist'; fi
    lstat "$src"; source_inode=$st_inode
    here_inode=''
    if [ "$was" != absent ]; then lstat "$path"; here_inode=$st_inode; fi
    if [ "$here_inode" != "$source_inode" ]; then
      if [ "$was" = link ]; then link_target "$path"; note src "$target" "$src"; fi
      case $was in
      directory) fail 'Cannot link, a directory exists at destination' ;;
      hard) if [ ! "$force" ]; then fail 'Cannot link, different hard link exists at destination'; fi ;;
      file) if [ ! "$force" ]; then fail 'Cannot link, file exists at destination'; fi ;;
      esac
      change 'Error while linking' ln -fn -- "$src" "$path"
    fi
  fi
  if [ -e "$path" ]; then ensure_attrs "$path"; ensure_times "$path"; fi
}
ensure_state() {
  state_of "$path"; was=$state
  if [ ! "$wanted" ]; then
    if [ "$was" != absent ]; then wanted=$was
    elif [ "$recurse" ]; then wanted=directory
    else wanted='file'; fi
  fi
  if [ "$recurse" ] && [ "$wanted" != directory ]; then fail "recurse option requires state to be 'directory'"; fi
  if [ "$has_src" ] && [ "$wanted" != link ] && [ "$wanted" != hard ]; then fail "src option requires state to be 'link' or 'hard'"; fi
  # A second name goes into a directory, where that is what there is.
  if [ "$wanted" = hard ] && [ "$has_src" ] && [ -d "$path" ]; then
    path=\${path%/}/\${src##*/}
    state_of "$path"; was=$state
  fi
  # Of the times only touch has a default that changes something.
  if [ "$wanted" = touch ]; then default_time=now; else default_time=preserve; fi
  mtime=\${mtime:-$default_time} atime=\${atime:-$default_time}
  case $wanted in
  absent) ensure_absent ;;
  file) ensure_file ;;
  touch) ensure_touched ;;
  directory) ensure_directory ;;
  link) ensure_link ;;
  hard) ensure_hard ;;
  esac
  report path "$path"; report wanted "$wanted"; report was "$was"
  report_path_info "$path"
}`;
