import { EmptyState, Page } from "../../design";

export default function SettingsPage() {
  return (
    <Page heading="Settings">
      <EmptyState icon="settings" title="This page is being built">
        <p>Its address stays.</p>
      </EmptyState>
    </Page>
  );
}
