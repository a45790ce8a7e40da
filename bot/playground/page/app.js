// Starts every part of the page, then listens to the server.

import { startAttach } from "./attach.js";
import { startChats } from "./chats.js";
import { startCommands } from "./commands.js";
import { startComposer } from "./composer.js";
import { startConversation } from "./conversation.js";
import { startHearing } from "./hearing.js";
import { startInside } from "./inside.js";
import { connect } from "./live.js";
import { startMicrophone } from "./microphone.js";
import { on } from "./model.js";
import { alertDialog, toast } from "./notices.js";
import { startPanes } from "./panes.js";
import { startRefusals } from "./refusals.js";
import { startRoom } from "./room.js";
import { startSamples } from "./samples.js";
import { startStory } from "./story.js";
import { startTheme } from "./theme.js";

startTheme();
startPanes();
startChats();
startConversation();
startComposer();
startCommands();
startMicrophone();
startAttach();
startSamples();
startHearing();
startInside();
startRoom();
startRefusals();
startStory();
on("callback", ({ text, alert }) => text && (alert ? alertDialog : toast)(text));
on("state", () => (document.body.dataset.ready = "true"));
connect();
