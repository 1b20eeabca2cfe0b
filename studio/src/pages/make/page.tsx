import { EmptyState, Page } from "../../design";

export default function MakePage() {
  return (
    <Page heading="What should we explain?">
      <EmptyState icon="edit" title="This page is being built">
        <p>Its address stays.</p>
      </EmptyState>
    </Page>
  );
}
