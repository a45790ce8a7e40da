#!/usr/bin/env bash
# Makes the samples of this folder again: needs flite, an ffmpeg with libx264, and this project set up, because
# the ffmpeg of imageio-ffmpeg can encode AMR. The files are committed, so no test needs flite.
set -euo pipefail
cd "$(dirname "$0")"
python=${PYTHON:-../../.venv/bin/python}
amr_ffmpeg=$("$python" -c 'import imageio_ffmpeg; print(imageio_ffmpeg.get_ffmpeg_exe())')
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

quietly() { "$1" -nostdin -hide_banner -loglevel error -y "${@:2}"; }
make() { quietly ffmpeg "${@:1:$#-1}" -map_metadata -1 -fflags +bitexact -flags +bitexact "${@: -1}"; }
say() { flite -voice slt -t "$1" -o "$scratch/$2.wav"; }

say "Hello, this is a voice note. Please write down what I say." voice
say "Yes." short
say "The first part of the talk is about the weather in the mountains." one
say "The second part explains how a river finds its way to the sea." two
say "And the third part thanks everybody who listened until the end." three

voice=(-i "$scratch/voice.wav")
opus=(-ac 1 -ar 48000 -c:a libopus -b:a 24k -application voip)

make "${voice[@]}" "${opus[@]}" voice.ogg
make -i "$scratch/short.wav" -t 0.6 "${opus[@]}" voice_short.ogg
make "${voice[@]}" -ac 1 -c:a libvorbis -q:a 0 speech_vorbis.ogg
make "${voice[@]}" -ar 22050 -b:a 32k speech.mp3
make "${voice[@]}" -c:a aac -b:a 24k speech.m4a
make "${voice[@]}" -c:a aac -b:a 24k -movflags +faststart -f mp4 "$scratch/faststart.m4a"
make "${voice[@]}" -ar 8000 speech.wav
make "${voice[@]}" -t 2 -ar 8000 speech.flac
make "${voice[@]}" -c:a aac -b:a 24k speech.aac
make "${voice[@]}" -t 1 -ar 8000 speech.aiff
make "${voice[@]}" -c:a wmav2 -b:a 32k speech.wma
make "${voice[@]}" -c:a mp2 -b:a 32k -f mpegts speech.ts
quietly "$amr_ffmpeg" "${voice[@]}" -ar 8000 -c:a libopencore_amrnb -b:a 7.95k -fflags +bitexact speech.amr
quietly "$amr_ffmpeg" "${voice[@]}" -ar 8000 -c:a libopencore_amrnb -b:a 7.95k -fflags +bitexact speech.3gp
# A pipe cannot be sought back into, so the duration is never written: what MediaRecorder makes.
make "${voice[@]}" "${opus[@]}" -f webm pipe:1 | cat > speech.webm

picture=(-f lavfi -i "testsrc=size=64x48:rate=5")
square=(-f lavfi -i "testsrc=size=48x48:rate=5")
h264=(-c:v libx264 -preset veryslow -crf 45 -pix_fmt yuv420p)
make "${voice[@]}" "${picture[@]}" "${h264[@]}" -c:a aac -b:a 24k -t 3 video.mp4
make "${voice[@]}" "${square[@]}" "${h264[@]}" -ac 1 -c:a aac -b:a 24k -t 3 video_note.mp4
make "${picture[@]}" "${h264[@]}" -t 2 video_silent.mp4
make "${picture[@]}" -frames:v 1 "$scratch/cover.png"
make "${voice[@]}" -i "$scratch/cover.png" -map 0 -map 1 -c:v copy -ar 22050 -b:a 32k -disposition:v attached_pic cover.mp3
printf '1\n00:00:00,000 --> 00:00:01,000\nHello\n' > "$scratch/words.srt"
make -i "$scratch/words.srt" -c:s mov_text subtitles.mp4

make -f lavfi -i "anullsrc=r=48000:cl=mono" -t 1 "${opus[@]}" silence.ogg
make -i "$scratch/one.wav" -i "$scratch/two.wav" -i "$scratch/three.wav" -filter_complex \
    "[0]apad=pad_dur=1[a];[1]apad=pad_dur=1[b];[a][b][2]concat=n=3:v=0:a=1" "${opus[@]}" talk.ogg

cat voice.ogg voice_short.ogg > chained.ogg
head -c 6000 voice.ogg > truncated.ogg
head -c 12000 "$scratch/faststart.m4a" > truncated.m4a
head -c 9000 video.mp4 > truncated.mp4
{ printf 'ID3\x04\0\0\0\0\0\0'; head -c 4000 /dev/zero | tr '\0' 'x'; } > broken.mp3
"$python" -c 'import random, sys; sys.stdout.buffer.write(random.Random(1).randbytes(4096))' > random.bin
: > empty.ogg
printf 'This is a shopping list: bread, butter, and a radio.\n%.0s' {1..40} > text.mp3
printf '#EXTM3U\n#EXT-X-TARGETDURATION:4\n#EXTINF:3.0,\nspeech.ts\n#EXT-X-ENDLIST\n' > playlist.mp3
printf 'ffconcat version 1.0\nfile voice.ogg\n' > concat.ogg
