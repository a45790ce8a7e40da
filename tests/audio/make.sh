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

# What is rarely sent, two seconds of each, by the ffmpeg that comes along.
rare() {
    quietly "$amr_ffmpeg" "${voice[@]}" -t 2 "${@:1:$#-1}" -map_metadata -1 -fflags +bitexact -flags +bitexact "${@: -1}"
}
rare -c:a aac -b:a 24k -f mov speech.mov
rare -c:a aac -b:a 24k -f mpegts -mpegts_m2ts_mode 1 speech.m2ts
rare -c:a aac -b:a 24k -f latm speech.latm
rare "${opus[@]}" -f matroska speech.mka
rare -ar 8000 -c:a libopencore_amrnb -b:a 7.95k -f 3g2 speech.3g2
rare -ar 24000 -c:a mp2 -b:a 32k speech.mp2
rare -ar 44100 -c:a mp2 -b:a 32k -f mpeg speech.mpg
rare -ar 22050 -c:a libmp3lame -b:a 32k -f flv speech.flv
rare -ar 22050 -c:a libmp3lame -b:a 32k -f avi speech.avi
rare -ar 48000 -c:a ac3 -b:a 32k speech.ac3
rare -ar 48000 -c:a eac3 -b:a 32k speech.eac3
rare -ar 48000 -ac 2 -c:a dca -strict -2 -b:a 320k -t 1 speech.dts
rare -ar 32000 -c:a ac3 -b:a 32k -f rm speech.rm
rare -ar 8000 -c:a real_144 -f rm speech.ra
rare -ar 8000 -c:a wavpack speech.wv
rare -ar 8000 -c:a tta speech.tta
rare -ar 8000 -c:a adpcm_adx speech.adx
rare -ar 8000 -c:a adpcm_yamaha -f mmf speech.mmf
rare -ar 8000 -c:a pcm_u8 speech.voc
rare -ar 8000 -c:a pcm_s16le -f w64 speech.w64
rare -ar 8000 -c:a pcm_s16be -f caf speech.caf
rare -ar 8000 -c:a pcm_mulaw -f au speech.au
rare -ar 8000 -c:a pcm_mulaw -f aiff speech.aifc
rare -f lavfi -i "testsrc=size=64x48:rate=25" -map 1:v -map 0:a -c:v mpeg2video -b:v 20k -c:a pcm_s16le -ar 48000 -t 0.3 \
    -f mxf speech.mxf
# No ffmpeg writes these: frames with chance in them, which sound like noise.
"$python" - <<'END'
import pathlib, random, struct
chance = random.Random(1)
frames = [b"\x14" + chance.randbytes(32) for _ in range(100)]
pathlib.Path("noise.awb").write_bytes(b"#!AMR-WB\n" + b"".join(frames))
pathlib.Path("noise.gsm").write_bytes(b"".join(bytes([0xD0 | chance.randrange(16)]) + chance.randbytes(32) for _ in range(100)))
wav = pathlib.Path("speech.wav").read_bytes()
samples = wav[wav.index(b"data") + 8 :][:32_000]
swapped = b"".join(samples[at + 1 : at + 2] + samples[at : at + 1] for at in range(0, len(samples), 2))
form = struct.pack(">4sIHHIIHH", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16)
data = b"WAVE" + form + struct.pack(">4sI", b"data", len(swapped)) + swapped
pathlib.Path("bigendian.wav").write_bytes(struct.pack(">4sI", b"RIFX", len(data)) + data)
END

# What an ffmpeg is tried with: see bot/media/trial.py.
quietly "$amr_ffmpeg" -f lavfi -i "sine=440:sample_rate=48000:duration=0.5" \
    -filter_complex "[0]asplit=3[one][aac][mp3];[one]pan=stereo|c0=c0|c1=-1*c0[opus]" -map "[opus]" -map "[aac]" -map "[mp3]" \
    -c:a:0 libopus -b:a:0 32k -c:a:1 aac -b:a:1 16k -ar:a:1 16000 -c:a:2 libmp3lame -b:a:2 8k -ar:a:2 8000 \
    -map_metadata -1 -fflags +bitexact -flags +bitexact -write_crc32 0 -f matroska ../../bot/media/trial.mka

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

# What follows is made of voice.ogg, so it needs no flite.
said=(-i voice.ogg -t 2)
opposite="pan=stereo|c0=c0|c1=-1*c0"
nothing=(-f lavfi -i "anullsrc=r=16000:cl=mono" -t 2)
hum=(-f lavfi -i "sine=200:r=16000,volume=-20dB" -t 2)

make "${said[@]}" -af "$opposite" -ar 22050 -b:a 48k opposed.mp3
make "${said[@]}" -af "$opposite" -c:a aac -ar 22050 -b:a 48k opposed.m4a
make "${said[@]}" -af "$opposite" -t 1.5 -ar 8000 opposed.wav
make "${said[@]}" -af "$opposite" -c:a libopus -b:a 32k opposed.ogg
make "${said[@]}" -af "$opposite" -c:a libvorbis -ar 22050 -q:a 0 opposed_vorbis.ogg
make "${said[@]}" -af "aeval=val(0)|if(lt(t\\,1)\\,1\\,-1)*val(0):c=stereo,aformat=channel_layouts=stereo" -c:a aac -ar 22050 -b:a 48k opposed_later.m4a
make "${said[@]}" -af "pan=5.1|FL=c0|FR=-1*c0|FC=0*c0|LFE=0*c0|BL=c0|BR=-1*c0" -ar 16000 -c:a aac -b:a 96k opposed_5.1.m4a
make "${said[@]}" -af "pan=stereo|c0=0*c0|c1=c0" -ar 22050 -b:a 48k right.mp3
make "${said[@]}" -af "pan=5.1|FL=0*c0|FR=0*c0|FC=c0|LFE=0*c0|BL=0*c0|BR=0*c0" -ar 16000 -c:a aac -b:a 96k centre.m4a
make "${said[@]}" "${hum[@]}" -filter_complex "[0]aresample=16000,aformat=channel_layouts=mono[a];\
[1]aformat=channel_layouts=mono[b];[a][b]amerge,pan=5.1|FL=c1|FR=-1*c1|FC=c0|LFE=0*c0|BL=c1|BR=-1*c1" -c:a aac -b:a 96k centre_and_hum.m4a
make "${said[@]}" -af "pan=7.1|FL=0*c0|FR=0*c0|FC=0*c0|LFE=0*c0|BL=0*c0|BR=0*c0|SL=0*c0|SR=c0" -ar 8000 one_of_eight.flac
make "${said[@]}" -t 1 -af "pan=3c|c0=0*c0|c1=0*c0|c2=c0" -ar 8000 third_of_three.wav

tracks=(-map 0:a -map 1:a -c:a libopus -b:a 24k -ac 1 -ar 48000)
make "${nothing[@]}" "${said[@]}" "${tracks[@]}" second_track.mkv
make "${hum[@]}" "${said[@]}" "${tracks[@]}" -disposition:a:0 0 -disposition:a:1 default second_default.mkv
make "${said[@]}" "${hum[@]}" "${tracks[@]}" first_of_two.mkv
make "${said[@]}" "${said[@]}" "${tracks[@]}" "$scratch/tracks.mkv"
sed '0,/A_OPUS/s/A_OPUS/A_NONE/' "$scratch/tracks.mkv" > second_readable.mkv
make "${said[@]}" "${said[@]}" -map 0:a -map 1:a -c:a aac -b:a 24k -ar 16000 "$scratch/tracks.mp4"
make -i "$scratch/tracks.mp4" -map 0 -c copy -bsf:a:0 noise=drop=1 second_filled.mp4
make "${nothing[@]}" "${said[@]}" "${picture[@]}" -map 2:v -map 0:a -map 1:a -c:v mpeg4 -q:v 31 -t 2 -c:a mp2 -ar 16000 \
    -b:a 32k second_track.ts

silent=(-f lavfi -i "anullsrc=r=16000:cl=stereo" -t 2)
make "${silent[@]}" -b:a 32k silent.mp3
make "${silent[@]}" -c:a aac silent.m4a
make "${silent[@]}" -t 0.5 -ar 8000 silent.wav
make "${silent[@]}" silent.flac
make "${silent[@]}" -c:a libopus silent.webm
make "${silent[@]}" -c:a libopus -ac 1 -dtx 1 silent_dtx.ogg
make "${silent[@]}" -c:a libopus silent_stereo.ogg
make "${silent[@]}" -c:a libvorbis silent_vorbis.ogg
make "${silent[@]}" "${picture[@]}" -c:v mpeg4 -q:v 31 -t 1 -c:a aac silent_video.mp4
quietly "$amr_ffmpeg" "${nothing[@]}" -ar 8000 -c:a libopencore_amrnb -fflags +bitexact silent.amr
make "${nothing[@]}" -ar 8000 -c:a pcm_alaw -t 1 silent_alaw.wav

make "${said[@]}" -af volume=-44dB "${opus[@]}" quiet.ogg
make "${said[@]}" -af volume=-44dB -ar 22050 -b:a 32k quiet.mp3
make "${said[@]}" -af volume=-44dB -c:a aac -ar 22050 -b:a 24k quiet.m4a
