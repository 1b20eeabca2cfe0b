import { EmptyState, Page } from "../../design";

export default function SharedPage() {
  return (
    <Page heading="Shared video">
      <EmptyState icon="share" title="This page is being built">
        <p>Its address stays.</p>
      </EmptyState>
    </Page>
  );
}
