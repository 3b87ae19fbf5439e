using Dapper;
using Npgsql;

namespace Relais.DevHost.Demo;

/// <summary>The ids of a campaign's first messages and follow-ups, so that the simulator's totals can be limited to them.</summary>
internal sealed record CampaignMessages(IReadOnlySet<string> First, IReadOnlySet<string> Second)
{
    private const string SelectMessageIds = """
        select replace(id::text, '-', '') as id, step
        from messages
        where campaign_id = @CampaignId
        """;

    private sealed record Row(string Id, short Step);

    public static async Task<CampaignMessages> ReadAsync(string system, Guid campaignId, CancellationToken ct)
    {
        await using var connection = new NpgsqlConnection(system);
        var command = new CommandDefinition(SelectMessageIds, new { CampaignId = campaignId }, cancellationToken: ct);
        var rows = (await connection.QueryAsync<Row>(command)).ToList();
        return new CampaignMessages(Ids(row => row.Step != 2), Ids(row => row.Step == 2));

        HashSet<string> Ids(Func<Row, bool> isIncluded) => [.. rows.Where(isIncluded).Select(row => row.Id)];
    }
}
