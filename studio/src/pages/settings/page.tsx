import { appearance, chooseAppearance, Page, Segmented } from "../../design";
import { Account } from "./account";
import { Keys } from "./keys";
import { Webhooks } from "./webhooks";

export default function SettingsPage() {
  return (
    <Page heading="Settings">
      <div class="settings">
        <section aria-labelledby="settings-appearance">
          <header>
            <h2 id="settings-appearance">Appearance</h2>
            <p>How the studio looks in this browser. Videos have a theme of their own.</p>
          </header>
          <div class="settings-narrow">
            <Segmented
              label="Colours"
              hideLabel
              value={appearance.value}
              onChange={chooseAppearance}
              choices={[
                { value: "system", label: "System", icon: "monitor" },
                { value: "light", label: "Light", icon: "sun" },
                { value: "dark", label: "Dark", icon: "moon" },
              ]}
            />
          </div>
        </section>
        <Account />
        <Keys />
        <Webhooks />
      </div>
    </Page>
  );
}
