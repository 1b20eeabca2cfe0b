import { useEffect } from "preact/hooks";
import { request, type Schemas } from "../../api/client";
import { useLoaded } from "../../api/load";
import { toProblem } from "../../api/problem";
import { Badge, Button, Dialog, ProblemNotice, showToast, Skeleton, type Tone } from "../../design";
import { formatTimeInFull, formatWhen } from "../../format/times";

type Delivery = Schemas["DeliveryEntry"];
const TONES: Readonly<Record<Delivery["status"], Tone>> = { pending: "accent", delivered: "good", failed: "bad" };
const REFRESH_MS = 3000; // while one is on its way

/** What was sent to a webhook lately, what it answered, and a way to send it again. */
export function DeliveriesDialog({ webhook, onClose }: { webhook: Schemas["Webhook"] | null; onClose: () => void }) {
  return (
    <Dialog wide open={webhook !== null} onClose={onClose} title="Deliveries">
      {webhook && <Deliveries webhook={webhook} />}
    </Dialog>
  );
}

function Deliveries({ webhook }: { webhook: Schemas["Webhook"] }) {
  const deliveries = useLoaded(
    async (signal) => (await request("get", "/v1/webhooks/{webhook_id}/deliveries", { path: { webhook_id: webhook.id }, query: { limit: 20 }, signal })).data.data,
    [webhook.id],
  );
  const pending = deliveries.data?.some((each) => each.status === "pending") ?? false;
  useEffect(() => {
    if (!pending) return;
    const timer = setInterval(deliveries.reload, REFRESH_MS);
    return () => clearInterval(timer);
  }, [pending, deliveries.reload]);

  async function again(delivery: Delivery): Promise<void> {
    try {
      await request("post", "/v1/webhooks/{webhook_id}/deliveries/{delivery_id}/redeliver", { path: { webhook_id: webhook.id, delivery_id: delivery.id } });
      deliveries.reload();
    } catch (error) {
      showToast({ text: toProblem(error).title, tone: "bad" });
    }
  }

  if (!deliveries.data && deliveries.loading) return <Skeleton lines={4} />;
  if (deliveries.problem && !deliveries.data) return <ProblemNotice problem={deliveries.problem} onRetry={deliveries.reload} />;
  if (!deliveries.data?.length) return <p>Nothing was sent to {webhook.url} yet. Send a test to see whether it answers.</p>;
  return (
    <>
      <p class="settings-url">{webhook.url}</p>
      <ul class="settings-list deliveries">
        {deliveries.data.map((delivery) => (
          <li key={delivery.id}>
            <Badge tone={TONES[delivery.status]} live={delivery.status === "pending"}>
              {delivery.status}
            </Badge>
            <details>
              <summary>
                {delivery.event} · <time title={formatTimeInFull(delivery.created_at)}>{formatWhen(delivery.created_at)}</time>
              </summary>
              <ol>
                {delivery.attempts.map((attempt) => (
                  <li key={attempt.at}>
                    {formatTimeInFull(attempt.at)}: {attempt.status ?? "no answer"} {attempt.error}
                  </li>
                ))}
              </ol>
              <pre tabIndex={0}>{indent(delivery.body)}</pre>
            </details>
            <Button size="s" look="quiet" onClick={() => void again(delivery)}>
              Send again
            </Button>
          </li>
        ))}
      </ul>
    </>
  );
}

function indent(json: string): string {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json;
  }
}
