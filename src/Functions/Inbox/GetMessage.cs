using Relais.Platform;
using Relais.Platform.Database;

namespace Relais.Inbox;

/// <summary>Returns one message of a tenant, received or sent.</summary>
internal sealed class GetMessage(TenantDb db)
{
    private const string SelectMessage = $"{MessageRow.SelectFromMessages} where tenant_id = @TenantId and id = @Id";

    public Task<Result<MessageView>> RunAsync(Guid tenantId, Guid id, CancellationToken ct) =>
        db.RunAsync<Result<MessageView>>(tenantId, async tx =>
            await tx.QueryOneAsync<MessageRow>(SelectMessage, new { TenantId = tenantId, Id = id }, ct) is { } row
                ? row.ToView()
                : new Failure(FailureKind.NotFound, "message_not_found", "There is no such message."), ct);
}
