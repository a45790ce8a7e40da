#!/usr/bin/env bash
# Makes the clips of this folder again: needs flite and an ffmpeg with libopus. The clips are committed, so nobody
# else needs flite. The sentences are those that pocketsphinx hears word for word in these voices.
set -euo pipefail
cd "$(dirname "$0")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

say() { flite -voice "$1" -t "$2" -o "$scratch/$3.wav"; }
clip() {
    ffmpeg -nostdin -hide_banner -loglevel error -y "${@:1:$#-1}" -ac 1 -ar 48000 -c:a libopus -b:a 24k \
        -application voip -map_metadata -1 -fflags +bitexact -flags +bitexact "${@: -1}"
}

say rms "could you buy some bread and milk on the way home" bread
say slt "please call me back when you have five minutes" call
say awb "we are going to the cinema on saturday do you want to come" cinema
say rms "do you want to go for a walk in the park this afternoon" question
say slt "thanks that is a great idea i will be there in ten minutes" answer

clip -i "$scratch/bread.wav" bread_and_milk.ogg
clip -i "$scratch/call.wav" call_me_back.ogg
clip -i "$scratch/cinema.wav" cinema.ogg
clip -i "$scratch/question.wav" -i "$scratch/answer.wav" -filter_complex "[0]apad=pad_dur=0.7[a];[a][1]concat=n=2:v=0:a=1" \
    walk.ogg
