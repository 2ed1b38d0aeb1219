#!/usr/bin/env bash
# Plays an agent, for the demo and as a pattern: called by a worker for one site, it does what the phase asks for.
#
#   smbatcher design-run    --exec ./agent.sh --loop
#   smbatcher implement-run --exec ./agent.sh --loop
#
# What it may use: SMBATCHER_PHASE, _DOMAIN, _SITE_DIR, _BRIEF, _BATCH, _TOKEN, _OWNER (docs/workers.md). Exit status 0
# when the work is done, 75 for "not now"; what it prints is in the site's log.
set -euo pipefail
site=$SMBATCHER_DOMAIN folder=$SMBATCHER_SITE_DIR
name=${site%%.*}
hue=$(($(cksum <<<"$site" | cut -d' ' -f1) % 360))

# A text for each heading that the skeleton has, and the fields of its front matter.
design() {
  local text heading
  text=$(cat "$folder/DESIGN.md")
  for heading in Concept Palette Typography Layout Components Content; do
    text=$(sed -E "/^#+ $heading\$/,/^#/ s/^<!--.*-->\$/The ${heading,,} of $name, in hue $hue./" <<<"$text")
  done
  text=$(sed -E -e "s/^palette: .*/palette: {background: \"hsl($hue 40% 97%)\", text: \"hsl($hue 45% 18%)\", accent: \"hsl($hue 70% 38%)\"}/" \
    -e 's/^fonts: .*/fonts: [Georgia, serif]/' -e 's/^layout: .*/layout: "one column"/' <<<"$text")
  printf '%s\n' "$text" >"$folder/DESIGN.md.part"
  mv "$folder/DESIGN.md.part" "$folder/DESIGN.md"
}

implement() {
  cat >"$folder/styles.css" <<CSS
:root { --ink: hsl($hue 45% 18%); --paper: hsl($hue 40% 97%); --accent: hsl($hue 70% 38%) }
body { color: var(--ink); background: var(--paper); font: 1.1rem/1.6 Georgia, serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem }
h1 { color: var(--accent); line-height: 1.2 }
CSS
  cat >"$folder/index.html" <<HTML
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="$name, a small site of a small business">
<title>${name^}</title>
<link rel="stylesheet" href="styles.css">
</head>
<body>
<main>
<h1>${name^}</h1>
<p>Designed in DESIGN.md, built by $SMBATCHER_OWNER under token $SMBATCHER_TOKEN.</p>
</main>
</body>
</html>
HTML
}

# Work is worth nothing when the claim is lost: asked right before and right after.
still_mine() {
  smbatcher check-claim --batch "$SMBATCHER_BATCH" --token "$SMBATCHER_TOKEN"
}

still_mine
"$SMBATCHER_PHASE"
still_mine
