// What modules that deal with files share, in POSIX sh: look, compare, set mode and owner, replace. It does not know a module's parameters.

/**
 * `lstat PATH` sets st_mode (decimal, with the type), st_uid, st_gid, st_size, st_nlink, st_inode, st_atime, st_mtime; `lstat PATH named`
 * st_names too, owner/group. `state_of PATH` sets state: absent, link, directory, hard (more than one name) or file.
 *
 * Every program that a script starts costs a host more than all of its words, so nothing here looks twice.
 */
export const INSPECT = `# GNU and busybox have stat -c, the BSDs stat -f; hexadecimal is the one base all shells read the same.
stat_flag=-c stat_mode=%f stat_numbers='%f %u %g %s %h %i %X %Y' stat_names=%U/%G
know_stat() {
  case $(stat -c %u / 2>/dev/null) in
  *[0-9]*) ;;
  *) stat_flag=-f stat_mode=%Xp stat_numbers='%Xp %u %g %z %l %i %a %m' stat_names=%Su/%Sg ;;
  esac
}
# The path of which all is known that lstat says: nothing was changed since.
st_path=''
stat_line() { st_line=$(stat "$stat_flag" "$stat_numbers\${2:+ $stat_names}" "$1" 2>&1); }
lstat() {
  if [ "$st_path" = "$1" ]; then return 0; fi
  # Which stat a host has is asked when it refuses.
  stat_line "$@" || { know_stat; stat_line "$@"; } || fail "Cannot inspect $1: $st_line"
  if [ "\${2-}" ]; then st_path=$1; else st_path=''; fi
  st_rest=$st_line
  for st_name in mode uid gid size nlink inode atime mtime; do
    st_word=\${st_rest%% *} st_rest=\${st_rest#* }
    case $st_name in
    mode) st_mode=$((0x$st_word)) ;;
    uid) st_uid=$st_word ;;
    gid) st_gid=$st_word ;;
    size) st_size=$st_word ;;
    nlink) st_nlink=$st_word ;;
    inode) st_inode=$st_word ;;
    atime) st_atime=$st_word ;;
    *) st_mtime=$st_word ;;
    esac
  done
  st_names=$st_rest
}
state_of() {
  if [ -L "$1" ]; then state='link'
  elif [ -d "$1" ]; then state=directory
  elif [ -e "$1" ]; then
    lstat "$1" named
    if [ "$st_nlink" -gt 1 ]; then state='hard'; else state='file'; fi
  else state=absent; fi
}
# What Ansible adds to every result that has a path.
report_path_info() {
  if [ ! -e "$1" ]; then return 0; fi
  lstat "$1" named; state_of "$1"
  report uid "$st_uid"; report gid "$st_gid"; report size "$st_size"; report state "$state"
  report owner "\${st_names%%/*}"; report group "\${st_names#*/}"
  octal $((st_mode & 4095)); report mode "$octal"
}
# A number as a mode is written: 0644, 04755.
octal() {
  octal=0$(($1 >> 6 & 7))$(($1 >> 3 & 7))$(($1 & 7))
  if [ $(($1 >> 9)) -gt 0 ]; then octal=0$(($1 >> 9))\${octal#0}; fi
}
# What a link says, and where a path leads, both with their newlines.
link_target() { target=$(readlink "$1" && printf .) && target=\${target%"$nl".}; }
real_path() {
  if real=$(readlink -f "$1" 2>/dev/null && printf .); then real=\${real%"$nl".}; return 0; fi
  # Older BSDs have no -f: one link after the other.
  real=$1 links=0
  while [ -L "$real" ] && [ "$links" -lt 40 ]; do
    links=$((links + 1))
    link_target "$real"
    case $target in
    /*) real=$target ;;
    *) directory_of "$real"; real=\${directory%/}/$target ;;
    esac
  done
  [ ! -L "$real" ]
}
directory_of() {
  case $1 in
  */*) directory=\${1%/*}; directory=\${directory:-/} ;;
  *) directory=. ;;
  esac
}`;

/**
 * `resolve_owner NAME`, `resolve_group NAME` set want_uid, want_gid; `ensure_attrs PATH` makes mode, owner and group so, and
 * reports before.* and after.*. Needs {@link INSPECT} and the function of mode.ts.
 */
export const ATTRIBUTES = `want_uid='' want_gid=''
resolve_owner() {
  case $1 in
  *[!0-9]*) want_uid=$(id -u "$1" 2>/dev/null) || want_uid='' ;;
  *) want_uid=$1 ;;
  esac
  # In check mode a task before this one may be what would have made the user.
  if [ "$want_uid" ]; then return 0; elif [ "$check" ]; then want_uid=unknown; else fail "chown failed: failed to look up user $1"; fi
}
group_id() {
  if command -v getent >/dev/null 2>&1; then getent group "$1"
  elif command -v dscl >/dev/null 2>&1; then dscl . -read "/Groups/$1" PrimaryGroupID 2>/dev/null | sed 's/.*: /::/'
  else grep "^$1:" /etc/group
  fi | cut -d: -f3
}
resolve_group() {
  case $1 in
  *[!0-9]*) want_gid=$(group_id "$1") ;;
  *) want_gid=$1 ;;
  esac
  if [ "$want_gid" ]; then return 0; elif [ "$check" ]; then want_gid=unknown; else fail "chgrp failed: failed to look up group $1"; fi
}
know_umask() {
  digits=$(umask) umask_bits=0
  while [ "$digits" ]; do
    umask_bits=$((umask_bits * 8 + \${digits%"\${digits#?}"})) digits=\${digits#?}
  done
}
note() { report "before.$1" "$2"; report "after.$1" "$3"; }
ensure_attrs() {
  lstat "$1" named
  if [ "$want_uid" ] && [ "$st_uid" != "$want_uid" ]; then
    note owner "$st_uid" "$want_uid"
    change 'chown failed' chown -h "$want_uid" "$1"
  fi
  if [ "$want_gid" ] && [ "$st_gid" != "$want_gid" ]; then
    note group "$st_gid" "$want_gid"
    change 'chgrp failed' chgrp -h "$want_gid" "$1"
  fi
  # A new owner costs a file its setuid bit, so the mode comes after; a link has no mode of its own.
  if [ -L "$1" ]; then return 0; fi
  lstat "$1" named; wanted_mode
  if [ $((st_mode & 4095)) -ne "$new_mode" ]; then
    octal $((st_mode & 4095)); old_octal=$octal
    octal "$new_mode"; note mode "$old_octal" "$octal"
    change 'chmod failed' chmod "$octal" "$1"
  fi
}`;

/**
 * `digest ALGORITHM FILE` sets digest to the hexadecimal sum, or to nothing when the host has no tool for it; `fingerprint FILE`
 * to whatever sum the host has.
 */
export const DIGEST = `digest() {
  digest=''
  if command -v "\${1}sum" >/dev/null 2>&1; then digest=$("\${1}sum" <"$2")
  elif [ "$1" != md5 ] && command -v shasum >/dev/null 2>&1; then digest=$(shasum -a "\${1#sha}" <"$2")
  elif command -v openssl >/dev/null 2>&1; then digest=$(openssl dgst "-$1" -r <"$2" 2>/dev/null)
  elif command -v busybox >/dev/null 2>&1; then digest=$(busybox "\${1}sum" <"$2" 2>/dev/null)
  elif command -v "$1" >/dev/null 2>&1; then digest=$("$1" <"$2")
  fi
  digest=\${digest%% *}
}
# Some sum, to see whether a file is still the same: SHA-1, or what POSIX has.
fingerprint() {
  digest sha1 "$1"
  if [ ! "$digest" ]; then digest=$(cksum <"$1" 2>/dev/null || wc -c <"$1"); fi
}`;

/**
 * `make_temp DIRECTORY` sets temp: a new empty file that nobody else can read, removed when the script ends; `replace PATH`
 * gives its content to PATH in one step, keeping the mode and owner PATH had, or those of any new file;
 * `backup PATH` sets backup_file. Needs {@link INSPECT} and {@link ATTRIBUTES}.
 */
export const REPLACE = `temp=''
sweep() {
  if [ "$temp" ]; then rm -f "$temp" "$temp.err"; fi
  # The directory of work.ts, where a script has one.
  if [ "\${work-}" ]; then rm -rf "$work"; fi
}
make_temp() {
  new_temp=\${1%/}/.sshoal-$token-$$
  # noclobber opens with O_EXCL: nobody can put a link in our way.
  (umask 77; set -C; : >"$new_temp") 2>/dev/null || fail "Destination directory $1 is not writable"
  temp=$new_temp
  trap sweep EXIT
  trap 'sweep; exit 143' HUP INT TERM
}
backup() {
  backup_file=$1.$$.$(date '+%Y-%m-%d@%H:%M:%S')~
  cp -p "$1" "$backup_file" || fail "Could not make backup of $1 to $backup_file"
  report backup_file "$backup_file"
}
# Gives temp the looks PATH has, or that a new file gets; then those that are asked for.
dress_temp() {
  if [ -f "$1" ] && [ ! -L "$1" ]; then
    lstat "$1"
    chown "$st_uid:$st_gid" "$temp" 2>/dev/null || :
    octal $((st_mode & 4095))
  else
    know_umask; octal $((438 & ~umask_bits))
  fi
  chmod "$octal" "$temp" || fail "chmod failed: $1"
  ensure_attrs "$temp"
}
put_in_place() {
  trouble=$(mv -f "$temp" "$1" 2>&1) || fail "Could not replace file: $temp to $1: $trouble"
  if [ "$st_path" = "$temp" ]; then st_path=$1; fi
  temp=''
}`;
