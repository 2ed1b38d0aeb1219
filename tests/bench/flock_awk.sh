# A claim as a short script would do it: flock(1) and awk. No lease, no history.
exec 9>>.smbatcher/REGISTRY.lock
flock 9
awk -F'|' -v OFS='|' '
  NF > 4 { batch = $(NF - 2); gsub(/ /, "", batch); status = $(NF - 1); gsub(/ /, "", status) }
  NF > 4 && status == "O" && (want == "" || want == batch) { want = batch; $(NF - 1) = " i " }
  { print }
  END { exit want == "" }' .smbatcher/REGISTRY.md >.smbatcher/.REGISTRY.md.part &&
  sync .smbatcher/.REGISTRY.md.part &&
  mv .smbatcher/.REGISTRY.md.part .smbatcher/REGISTRY.md &&
  sync .smbatcher
