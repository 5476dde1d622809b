#!/bin/sh
# Keeps what a host says of itself in a file.
#
# A line for each sentence, and above them who wrote it. The file is left alone when it says just that already.
#
# sshoal:
#   check: true
#   diff: true
#   params:
#     path: {type: path, default: /etc/motd, description: the file}
#     sentences: {type: list, elements: str, required: true, description: what it says}
#     author: {default: the operators, description: who says it}
#     state: {choices: [present, absent], default: present, description: whether the file is there}
#   returns:
#     path: the file
#     lines: {type: int, description: how many lines it has now}
#   examples: |
#     - motd:
#         sentences: ["This is {{ inventory_hostname }}.", "It is played, not patched."]
#     - motd: {state: absent}

# shellcheck disable=SC2154 # parameters are set by sshoal
before=''
if [ -e "$path" ]; then before=$(cat "$path") || failed "Could not read $path"; fi
result path "$path"

if [ "$state" = absent ]; then
  result lines 0
  if [ ! -e "$path" ]; then finish; fi
  difference "$before$nl" '' "$path"
  change "Could not remove $path" rm -f "$path"
  finish
fi

count=1
wanted="Written by $author:"
add() {
  count=$((count + 1))
  wanted="$wanted
- $1"
}
each sentences add
result lines "$count"

if [ "$before" = "$wanted" ]; then finish; fi
difference "${before:+$before$nl}" "$wanted$nl" "$path"
save() { printf '%s\n' "$wanted" >"$path"; }
change "Could not write $path" save
