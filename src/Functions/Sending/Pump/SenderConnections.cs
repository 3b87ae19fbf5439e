using Npgsql;
using Relais.Channels;
using Relais.Platform.Database;
using Relais.Platform.Secrets;

namespace Relais.Sending.Pump;

/// <summary>
/// Loads a sender with the decrypted auth token of its account. A sender whose token cannot be decrypted is not found; the next sweep tries
/// again.
/// </summary>
internal sealed partial class SenderConnections(SystemDb db, SecretBox secrets, ILogger<SenderConnections> log)
{
    private const string SelectSender = """
        select s.id, s.tenant_id, s.channel, s.address, s.is_sandbox, s.pace_units, s.pace_window_ms, s.recipient_per_minute,
               s.recipient_spacing_ms, a.account_sid, a.secret, a.secret_key_id,
          coalesce(s.parked_until > now(), false) as parked
        from senders s
        join provider_accounts a on a.id = s.account_id
        where s.id = @SenderId
        """;

    /// <returns>Null when the sender does not exist, has no account, or its token cannot be decrypted.</returns>
    public async Task<SenderConnection?> FindAsync(NpgsqlTransaction tx, Guid senderId, CancellationToken ct)
    {
        var row = await tx.QueryOneAsync<SenderRow>(SelectSender, new { SenderId = senderId }, ct);
        try
        {
            return row?.ToConnection(secrets);
        }
        catch (UnreadableSecretException failure)
        {
            Log.DecryptTokenFailed(log, failure, senderId);
            return null;
        }
    }

    public Task<SenderConnection?> FindAsync(Guid senderId, CancellationToken ct) => db.RunAsync(tx => FindAsync(tx, senderId, ct), ct);

    private sealed record SenderRow
    {
        public required Guid Id { get; init; }
        public required Guid TenantId { get; init; }
        public required string Channel { get; init; }
        public required string Address { get; init; }
        public required bool IsSandbox { get; init; }
        public int? PaceUnits { get; init; }
        public int? PaceWindowMs { get; init; }
        public int? RecipientPerMinute { get; init; }
        public int? RecipientSpacingMs { get; init; }
        public required string AccountSid { get; init; }
        public required byte[] Secret { get; init; }
        public required string SecretKeyId { get; init; }
        public required bool Parked { get; init; }

        public SenderConnection ToConnection(SecretBox secrets) => new(
            Id, TenantId, Channel, Address, IsSandbox,
            SenderLimits.For(Channel, IsSandbox, PaceUnits, PaceWindowMs, RecipientPerMinute, RecipientSpacingMs),
            AccountSid, secrets.Open(Secret, SecretKeyId, TenantId), Parked);
    }

    private static partial class Log
    {
        [LoggerMessage(
            1,
            LogLevel.Error,
            "Sender {SenderId} waits: the token of its account cannot be decrypted, a key in Secrets__Keys is missing or wrong")]
        public static partial void DecryptTokenFailed(ILogger log, Exception failure, Guid senderId);
    }
}
