// What the module git does on a host, in POSIX sh. It knows the variables its script sets, no parameters.

/** Brings $dest to $version of $repo. */
export const GIT = `command -v "$program" >/dev/null 2>&1 || fail 'There is no git on this host'
GIT_TERMINAL_PROMPT=0; export GIT_TERMINAL_PROMPT
# A path has no depth: only a URL does.
case $repo in /*) repo=file://$repo ;; esac
in_dest() { (cd "$dest" && "$program" "$@"); }
# WHAT COMMAND...: a step that must succeed.
step() {
  what=$1; shift
  trouble=$("$@" 2>&1 </dev/null) || { report rc $?; fail "$what: $trouble"; }
}
current() { in_dest rev-parse HEAD 2>/dev/null || :; }
# FROM: the commit that the version is there; nothing when there is none.
remote_head() {
  case $version in
  HEAD) "$program" ls-remote "$1" HEAD 2>"$trouble_file" | sed -n '1s/[[:space:]].*//p' ;;
  *)
    refs=$("$program" ls-remote "$1" "refs/heads/$version" "refs/tags/$version" "refs/tags/$version^{}" 2>"$trouble_file")
    # A tag with a text of its own: the commit it is about comes last.
    found=$(printf '%s\\n' "$refs" | sed -n 's/[[:space:]]*refs\\/heads\\/.*//p' | sed -n 1p)
    if [ ! "$found" ]; then found=$(printf '%s\\n' "$refs" | sed -n 's/[[:space:]].*//p' | sed -n '$p'); fi
    case $found-$version in
    -*[!0-9a-f]*[!0-9a-f]*) ;;
    -*) case $version in ????????????????????????????????????????*) found=$version ;; esac ;;
    esac
    printf '%s\\n' "$found" ;;
  esac
}
trouble_file=\${TMPDIR:-/tmp}/.sshoal-$token.git
(umask 77; set -C; : >"$trouble_file") 2>/dev/null || fail "Cannot write $trouble_file"
trap 'rm -f "$trouble_file"' EXIT
is_remote_branch() { in_dest show-ref --verify --quiet "refs/remotes/$remote/$1"; }
is_local_branch() { in_dest show-ref --verify --quiet "refs/heads/$1"; }
is_tag() { in_dest show-ref --verify --quiet "refs/tags/$1"; }
has_commit() { in_dest cat-file -e "$1^{commit}" 2>/dev/null; }
head_branch() {
  branch=$(in_dest symbolic-ref -q "refs/remotes/$remote/HEAD" 2>/dev/null | sed "s/^refs\\/remotes\\/[^/]*\\///")
  if [ ! "$branch" ]; then branch=$("$program" ls-remote --symref "$repo" HEAD 2>/dev/null | sed -n 's/^ref: refs\\/heads\\/\\([^[:space:]]*\\).*/\\1/p'); fi
}
clone_it() {
  above=\${dest%/}; above=\${above%/*}
  case $dest in */*) step "Could not make the directory above $dest" mkdir -p "\${above:-/}" ;; esac
  set --
  if [ "$bare" ]; then set -- --bare; else set -- --origin "$remote"; fi
  if [ "$depth" ]; then
    if [ "$version" = HEAD ] || [ "$refspec" ]; then set -- "$@" --depth "$depth"
    elif [ "$("$program" ls-remote "$repo" "refs/heads/$version" "refs/tags/$version" 2>/dev/null)" ]; then set -- "$@" --depth "$depth" --branch "$version"; fi
  fi
  if [ "$reference" ]; then set -- "$@" --reference "$reference"; fi
  if [ "$single_branch" ]; then
    set -- "$@" --single-branch
    if [ "$version" != HEAD ] && [ ! "$depth" ] && [ "$("$program" ls-remote "$repo" "refs/heads/$version" "refs/tags/$version" 2>/dev/null)" ]; then set -- "$@" --branch "$version"; fi
  fi
  step "Failed to clone $repo" "$program" clone "$@" -- "$repo" "$dest"
  if [ "$bare" ] && [ "$remote" != origin ]; then step "Failed to add the remote $remote" in_dest remote add "$remote" "$repo"; fi
  if [ "$refspec" ]; then step "Failed to fetch $refspec" in_dest fetch "$remote" "$refspec"; fi
}
fetch_it() {
  set --
  if [ "$depth" ]; then set -- --depth "$depth"; fi
  if [ "$force" ]; then set -- "$@" --force; fi
  if [ "$bare" ]; then step 'Failed to download remote objects and refs' in_dest fetch "$@" "$remote" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'
  else step 'Failed to download remote objects and refs' in_dest fetch --tags "$@" "$remote"; fi
  if [ "$refspec" ]; then step 'Failed to download remote objects and refs' in_dest fetch "$@" "$remote" "$refspec"; fi
}
switch_it() {
  if [ "$version" = HEAD ]; then
    head_branch
    if [ ! "$branch" ]; then fail "could not determine head branch for $repo"; fi
    step "Failed to checkout branch $branch" in_dest checkout --force "$branch" --
    step "Failed to checkout branch $branch" in_dest reset --hard "$remote/$branch" --
  elif is_remote_branch "$version"; then
    if is_local_branch "$version"; then step "Failed to checkout branch $version" in_dest checkout --force "$version" --
    else step "Failed to checkout branch $version" in_dest checkout --track -b "$version" "$remote/$version"; fi
    step "Failed to checkout branch $version" in_dest reset --hard "$remote/$version" --
  else
    # What was not fetched because of the depth or the one branch is fetched now.
    if ! is_tag "$version" && ! has_commit "$version"; then
      in_dest fetch \${depth:+--depth "$depth"} "$remote" "$version" >/dev/null 2>&1 </dev/null || :
      if ! has_commit "$version" && has_commit FETCH_HEAD; then version=FETCH_HEAD; fi
    fi
    step "Failed to checkout $version" in_dest checkout --force "$version" --
  fi
}
submodules_state() { in_dest submodule status --recursive 2>/dev/null || :; }
update_submodules() {
  if [ ! "$recursive" ] || [ "$bare" ] || [ ! -f "$dest/.gitmodules" ]; then return 0; fi
  was=$(submodules_state)
  step 'Failed to sync submodules' in_dest submodule sync --recursive
  step 'Failed to init/update submodules' in_dest submodule update --init --recursive \${force:+--force}
  if [ "$(submodules_state)" != "$was" ]; then submodules=yes; report submodules yes; fi
}
# PATH or URL without what says only how it is reached.
plain_url() { printf '%s\\n' "$1" | sed 's/^file:\\/\\///; s/\\/*$//'; }
if [ ! "$dest" ] || { [ ! -e "$dest/.git" ] && { [ ! "$bare" ] || [ ! -e "$dest/config" ]; }; }; then
  report before ''
  if [ "$check" ] || [ ! "$clone" ]; then
    report after "$(remote_head "$repo")"
    if [ -s "$trouble_file" ]; then fail "$(cat "$trouble_file")"; fi
    changed=true
    finish
  fi
  clone_it
  if [ ! "$bare" ]; then switch_it; fi
  submodules=''
  update_submodules
  changed=true
  report after "$(current)"
  finish
fi
before=$(current)
report before "$before"
if [ ! "$update" ]; then report after "$before"; finish; fi
modified='' moved='' submodules=''
if [ ! "$bare" ] && in_dest status --porcelain 2>/dev/null | grep -qv '^??'; then modified=yes; fi
if [ "$modified" ]; then
  if [ ! "$force" ]; then fail "Local modifications exist in the destination: $dest (force=no)."; fi
  if [ ! "$check" ]; then
    step 'Failed to reset' in_dest reset --hard HEAD
    report said "Local modifications exist in the destination: $dest"
  fi
fi
url=$(in_dest config --get "remote.$remote.url" 2>/dev/null) || url=''
if [ "$url" ] && [ "$(plain_url "$url")" != "$(plain_url "$repo")" ]; then moved=yes; fi
if [ ! "$check" ]; then
  if [ ! "$url" ]; then step 'Failed to add the remote' in_dest remote add "$remote" "$repo"; moved=yes
  elif [ "$url" != "$repo" ]; then step 'Failed to set a new url for the remote' in_dest remote set-url "$remote" "$repo"; fi
fi
report moved "\${moved:-no}"
if [ "$check" ]; then
  after=$(remote_head "$repo")
  report after "$after"
  if [ "$before" != "$after" ] || [ "$moved" ]; then changed=true; fi
  finish
fi
fetch_it
if [ ! "$bare" ]; then switch_it; fi
update_submodules
after=$(current)
report after "$after"
if [ "$before" != "$after" ] || [ "$modified$moved$submodules" ]; then changed=true; fi`;
