import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./app.css";
import { App } from "./shell/App";
import { openFirst } from "./shell/pages";
import { startLanguage } from "./words/language";
import { keepRelease } from "./shell/release";

keepRelease();
void Promise.all([startLanguage(), openFirst()]).then(() => {
  const place = document.getElementById("app")!;
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
});
