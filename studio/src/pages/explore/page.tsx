import { EmptyState, Page } from "../../design";

export default function ExplorePage() {
  return (
    <Page heading="Explore">
      <EmptyState icon="compass" title="This page is being built">
        <p>Its address stays.</p>
      </EmptyState>
    </Page>
  );
}
