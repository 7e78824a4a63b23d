// Each person has a phone on either channel; a phone is named by a key: 1001 on Telegram, w1001 on
// WhatsApp. The address's hash lists the keys of the phones that are open.

export const keyOf = (person, channel) => (channel === "whatsapp" ? `w${person}` : String(person));
export const personOf = (key) => Number(key.replace(/^w/, ""));
export const channelOf = (key) => (key.startsWith("w") ? "whatsapp" : "telegram");
export const NAMES = { telegram: "Telegram", whatsapp: "WhatsApp" };

// The control API's address for an act of this phone.
export const addressOf = (key, act = "") => {
  const path = `/sim/chats/${personOf(key)}${act ? `/${act}` : ""}`;
  return channelOf(key) === "whatsapp" ? `${path}?channel=whatsapp` : path;
};
