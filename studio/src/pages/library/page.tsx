import { EmptyState, Page } from "../../design";

export default function LibraryPage() {
  return (
    <Page heading="Library">
      <EmptyState icon="grid" title="This page is being built">
        <p>Its address stays.</p>
      </EmptyState>
    </Page>
  );
}
