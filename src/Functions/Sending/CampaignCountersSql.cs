namespace Relais.Sending;

/// <summary>
/// The parts of a statement that adds to campaign counters: <see cref="Insert"/>, a select that ends with its order,
/// and <see cref="AddToExisting"/>. A counter has 32 shards, so that concurrent writers do not wait for each other; its value is their sum.
/// </summary>
internal static class CampaignCountersSql
{
    public const string Insert = "insert into campaign_counters (campaign_id, name, shard, tenant_id, value)";

    /// <summary>The shard of the connection that runs the statement.</summary>
    public const string Shard = "(pg_backend_pid() % 32)::smallint";

    public const string AddToExisting =
        "on conflict (campaign_id, name, shard) do update set value = campaign_counters.value + excluded.value";
}
