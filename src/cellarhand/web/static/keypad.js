// A number typed with a wet thumb: big keys, one decimal mark, nothing else.
window.Keypad = class {
  constructor(onChange) {
    this.onChange = onChange;
    this.text = "";
    this.node = document.createElement("div");
    this.node.className = "keys";
    this.node.setAttribute("role", "group");
    this.node.setAttribute("aria-label", "Keypad");
    for (const key of ["1", "2", "3", "4", "5", "6", "7", "8", "9", ".", "0", "⌫"]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = key;
      button.setAttribute("aria-label", key === "⌫" ? "delete" : key === "." ? "point" : key);
      button.addEventListener("click", () => this.press(key));
      this.node.append(button);
    }
  }
  press(key) {
    if (key === "⌫") this.text = this.text.slice(0, -1);
    else if (key === ".") { if (!this.text.includes(".")) this.text += this.text ? "." : "0."; }
    else if (this.text.replace(".", "").length < 6) this.text += key;
    this.onChange(this.text);
  }
  show(text) { this.text = text || ""; }
};
