// What the module user does on a host, in POSIX sh: with the tools of shadow, or of busybox. It knows the variables its script sets.

/** Needs ACCOUNTS. Makes user $name what the variables of user.ts say, and reports what the user is then. */
export const USER = `# Lists have one name in each line, and names may hold blanks.
IFS=$nl
set -f
line=$(user_line "$name")
case $line in
"$name":*) ;;
*) line='' ;;
esac
need_group() { if [ ! "$(group_line "$1")" ]; then fail "Group $1 does not exist"; fi; }
# One name in each line -> all of them with commas.
with_commas() { paste -s -d , - ; }
member_groups() {
  if has getent; then getent group; else cat /etc/group; fi |
    wanted_name=$name awk -F: '{ n = split($4, members, ","); for (i = 1; i <= n; i++) if (members[i] == ENVIRON["wanted_name"]) { print $1; break } }' | sort -u
}
# The hash as it is stored: locked with one mark before it.
stored_password() { if [ "$lock" = yes ]; then printf '!%s' "$password"; else printf %s "$password"; fi; }
# A hash without the marks of a lock.
unlocked() { printf %s "$1" | sed 's/^!*//'; }
give_password() { printf '%s:%s\\n' "$name" "$(stored_password)" | chpasswd -e; }
set_password() {
  has chpasswd || fail 'There is no chpasswd on this host'
  changed=true
  if [ "$check" ]; then return 0; fi
  words=$(give_password 2>&1) || fail "$words"
}
check_groups() {
  if [ "$group" ]; then need_group "$group"; fi
  if [ ! "$has_groups" ]; then return 0; fi
  for one in $(wanted_groups); do need_group "$one"; done
}
make_home() {
  skeleton=\${skeleton:-/etc/skel}
  mkdir -p "\${1%/*}/" || return 1
  if [ -d "$skeleton" ]; then cp -RP "$skeleton" "$1" || return 1; else mkdir "$1" || return 1; fi
  mask=$(sed -n 's/^UMASK[[:space:]]\\{1,\\}\\([0-7]\\{1,\\}\\)[[:space:]]*$/\\1/p' /etc/login.defs 2>/dev/null | sed -n '$p')
  if [ "$mask" ]; then chmod "$(umask "$mask"; umask -S)" "$1"; fi
}
own_home() { chown -R "$1" "$2"; }
create_user() {
  report did create
  if [ "$check" ]; then changed=true; finish; fi
  check_groups
  set --
  if [ "$uid" ]; then set -- "$@" -u "$uid"; fi
  if has useradd; then create_with_shadow "$@"
  elif has adduser; then create_with_busybox "$@"
  else fail 'There is no useradd or adduser on this host'; fi
  if [ "$has_password" ]; then set_password; fi
  line=$(user_line "$name")
}
create_with_shadow() {
  if [ "$uid" ] && [ "$non_unique" ]; then set -- "$@" -o; fi
  if [ "$group" ]; then set -- "$@" -g "$group"
  elif [ "$(group_line "$name")" ]; then set -- "$@" -N; fi
  if [ "$has_groups" ] && [ "$(wanted_groups)" ]; then set -- "$@" -G "$(wanted_groups | with_commas)"; fi
  if [ "$has_comment" ]; then set -- "$@" -c "$comment"; fi
  if [ "$home" ]; then
    # useradd makes the last directory only.
    if [ "$create_home" ]; then mkdir -p "\${home%/*}/" || fail "Could not make the directory above $home"; fi
    set -- "$@" -d "$home"
  fi
  if [ "$login_shell" ]; then set -- "$@" -s "$login_shell"; fi
  if [ "$expire_day" ]; then set -- "$@" -e "$expire_date"; fi
  if [ "$create_home" ]; then
    set -- "$@" -m
    if [ "$skeleton" ]; then set -- "$@" -k "$skeleton"; fi
    if [ "$umask" ]; then set -- "$@" -K "UMASK=$umask"; fi
  else set -- "$@" -M; fi
  if [ "$system" ]; then set -- "$@" -r; fi
  act useradd "$@" "$name"
}
create_with_busybox() {
  if [ "$expire_day$non_unique$umask" ]; then fail 'The adduser of this host knows no expires, non_unique and umask'; fi
  set -- "$@" -D
  if [ "$group" ]; then set -- "$@" -G "$group"
  elif [ "$(group_line "$name")" ]; then set -- "$@" -G "$name"; fi
  if [ "$has_comment" ]; then set -- "$@" -g "$comment"; fi
  if [ "$home" ]; then set -- "$@" -h "$home"; fi
  if [ "$login_shell" ]; then set -- "$@" -s "$login_shell"; fi
  if [ "$skeleton" ]; then set -- "$@" -k "$skeleton"; fi
  if [ ! "$create_home" ]; then set -- "$@" -H; fi
  if [ "$system" ]; then set -- "$@" -S; fi
  act adduser "$@" "$name"
  if [ "$has_groups" ]; then for one in $(wanted_groups); do act addgroup "$name" "$one"; done; fi
}
modify_user() {
  report did modify
  check_groups
  set --
  if [ "$uid" ] && [ "$uid" != "$(field 3 "$line")" ]; then
    set -- "$@" -u "$uid"
    if [ "$non_unique" ]; then set -- "$@" -o; fi
  fi
  if [ "$group" ]; then
    gid=$(field 3 "$(group_line "$group")")
    if [ "$gid" != "$(field 4 "$line")" ]; then set -- "$@" -g "$gid"; fi
  fi
  if [ "$has_comment" ] && [ "$comment" != "$(field 5 "$line")" ]; then set -- "$@" -c "$comment"; fi
  if [ "$home" ] && [ "$home" != "$(field 6 "$line")" ]; then
    set -- "$@" -d "$home"
    if [ "$move_home" ]; then set -- "$@" -m; fi
  fi
  if [ "$login_shell" ] && [ "$login_shell" != "$(field 7 "$line")" ]; then set -- "$@" -s "$login_shell"; fi
  shadow='' hash=''
  if [ "$expire_day$has_password$lock" ]; then
    shadow=$(shadow_line "$name") hash=$(field 2 "$line")
    case $hash in ? | '') hash=$(field 2 "$shadow") ;; esac
  fi
  if [ "$expire_day" ]; then
    current_day=$(field 8 "$shadow")
    if [ "$expire_day" != "\${current_day:--1}" ]; then set -- "$@" -e "$expire_date"; fi
  fi
  new_password=''
  if [ "$set_always" ] && [ "$has_password" ] && [ "$(unlocked "$hash")" != "$(unlocked "$password")" ]; then new_password=yes
  else
    case $lock-$hash in
    'yes-!'*) ;;
    yes-*) set -- "$@" -L ;;
    'no-!'*) set -- "$@" -U ;;
    esac
  fi
  if has usermod; then
    modify_groups "$@"
  else
    if [ $# -gt 0 ]; then fail "There is no usermod on this host, to do: $*"; fi
    modify_busybox_groups
  fi
  if [ "$new_password" ]; then set_password; fi
  if [ ! "$check" ] && [ "$changed" = true ]; then line=$(user_line "$name"); fi
}
missing_groups() { for one in $(wanted_groups); do if ! member_groups | grep -qxF -e "$one"; then echo "$one"; fi; done; }
unwanted_groups() { for one in $(member_groups); do if ! wanted_groups | grep -qxF -e "$one"; then echo "$one"; fi; done; }
modify_groups() {
  if [ "$has_groups" ]; then
    if [ "$append" ]; then
      if [ "$(missing_groups)" ]; then set -- "$@" -a -G "$(wanted_groups | with_commas)"; fi
    elif [ "$(missing_groups)$(unwanted_groups)" ]; then set -- "$@" -G "$(wanted_groups | with_commas)"; fi
  fi
  if [ $# -gt 0 ]; then act usermod "$@" "$name"; fi
}
modify_busybox_groups() {
  if [ ! "$has_groups" ]; then return 0; fi
  for one in $(missing_groups); do act addgroup "$name" "$one"; done
  if [ ! "$append" ]; then for one in $(unwanted_groups); do act delgroup "$name" "$one"; done; fi
}
remove_user() {
  set --
  if has userdel; then
    if [ "$force" ]; then set -- "$@" -f; fi
    if [ "$remove" ]; then set -- "$@" -r; fi
    act userdel "$@" "$name"
  elif has deluser; then
    if [ "$remove" ]; then set -- --remove-home; fi
    act deluser "$@" "$name"
  else fail 'There is no userdel or deluser on this host'; fi
  report did remove
}
ensure_home() {
  at_home=\${home:-$(field 6 "$line")}
  if [ -e "$at_home" ] || [ ! "$create_home" ]; then return 0; fi
  changed=true
  if [ "$check" ]; then return 0; fi
  words=$(make_home "$at_home" 2>&1 && own_home "$(field 3 "$line"):$(field 4 "$line")" "$at_home" 2>&1) || fail "$words"
}
ensure_expiry() {
  if [ ! "$password_expire_min$password_expire_max" ]; then return 0; fi
  shadow=$(shadow_line "$name")
  set --
  if [ "$password_expire_min" ] && [ "$password_expire_min" != "$(field 4 "$shadow")" ]; then set -- "$@" -m "$password_expire_min"; fi
  if [ "$password_expire_max" ] && [ "$password_expire_max" != "$(field 5 "$shadow")" ]; then set -- "$@" -M "$password_expire_max"; fi
  if [ $# -gt 0 ]; then
    has chage || fail 'There is no chage on this host'
    act chage "$@" "$name"
  fi
}
ensure_key() {
  has ssh-keygen || fail 'There is no ssh-keygen on this host'
  case $key_file in
  /*) key=$key_file ;;
  *) key=$(field 6 "$line")/$key_file ;;
  esac
  key_directory=\${key%/*}
  owner=$(field 3 "$line"):$(field 4 "$line")
  report ssh_key_file "$key"
  if [ -e "$key" ] || [ -e "$key.pub" ]; then
    if [ ! "$force" ]; then report_key; return 0; fi
    if [ ! "$check" ]; then rm -f "$key" "$key.pub"; fi
  fi
  changed=true
  if [ "$check" ]; then return 0; fi
  if [ ! -d "$key_directory" ]; then
    words=$( { mkdir -m 700 "$key_directory" && chown "$owner" "$key_directory"; } 2>&1) || fail "Failed to create $key_directory: $words"
  fi
  set -- -t "$key_type"
  if [ "$key_bits" ]; then set -- "$@" -b "$key_bits"; fi
  words=$(ssh-keygen -q "$@" -C "\${key_comment:-ansible-generated on $(uname -n)}" -f "$key" -N '' 2>&1 </dev/null) || fail "$words"
  words=$(chown "$owner" "$key" "$key.pub" 2>&1) || fail "$words"
  report_key
}
report_key() {
  if [ -e "$key" ]; then report ssh_fingerprint "$(ssh-keygen -l -f "$key" 2>&1)"; fi
  if [ -r "$key.pub" ]; then report ssh_public_key "$(cat "$key.pub")"; fi
}
case $state in
absent) if [ "$line" ]; then remove_user; fi; finish ;;
*) if [ "$line" ]; then modify_user; else create_user; fi ;;
esac
rest=$line:
for part in '' '' uid group comment home shell; do
  if [ "$part" ]; then report "$part" "\${rest%%:*}"; fi
  rest=\${rest#*:}
done
ensure_home
if [ "$generate_ssh_key" ]; then ensure_key; fi
ensure_expiry`;
