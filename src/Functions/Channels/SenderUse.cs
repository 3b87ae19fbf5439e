using Npgsql;
using Relais.Platform.Database;

namespace Relais.Channels;

/// <summary>Counts the campaigns and messages that still need a sender. A sender in use is not retired.</summary>
internal static class SenderUse
{
    private const string CountUses = """
        select (
            select count(*)::int from campaigns
            where sender_id = @SenderId and status in ('starting', 'running', 'paused', 'cancelling')) as campaigns,
          (select count(*)::int from messages where stream_id = @SenderId and status = 'pending')
            + (select count(*)::int from messages where sender_id = @SenderId and status in ('claimed', 'unknown'))
            + (select count(*)::int from messages where sender_id = @SenderId and status = 'retry') as messages
        """;

    private sealed record UseRow
    {
        public required int Campaigns { get; init; }
        public required int Messages { get; init; }
    }

    /// <param name="others">Other kinds of use that the caller has counted.</param>
    /// <returns>Each kind of use to the number of its rows, as text; kinds without a row are left out, so empty means not in use.</returns>
    public static async Task<Dictionary<string, string[]>> CountAsync(
        NpgsqlTransaction tx, Guid senderId, CancellationToken ct, params (string Kind, int Count)[] others)
    {
        var row = (await tx.QueryOneAsync<UseRow>(CountUses, new { SenderId = senderId }, ct))!;
        return new (string Kind, int Count)[] { ("campaigns", row.Campaigns), ("messages", row.Messages) }
            .Concat(others)
            .Where(use => use.Count > 0)
            .ToDictionary(use => use.Kind, use => new[] { $"{use.Count}" });
    }
}
