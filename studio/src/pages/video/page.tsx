import { EmptyState, Page } from "../../design";

export default function VideoPage() {
  return (
    <Page heading="Video">
      <EmptyState icon="film" title="This page is being built">
        <p>Its address stays.</p>
      </EmptyState>
    </Page>
  );
}
