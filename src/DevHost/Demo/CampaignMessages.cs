using Dapper;
using Npgsql;

namespace Relais.DevHost.Demo;

/// <summary>The ids of a campaign's messages by step, so that the simulator can be asked about exactly these.</summary>
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
        var rows = (await connection.QueryAsync<Row>(new CommandDefinition(SelectMessageIds, new { CampaignId = campaignId }, cancellationToken: ct))).ToList();
        return new CampaignMessages(Ids(row => row.Step != 2), Ids(row => row.Step == 2));

        HashSet<string> Ids(Func<Row, bool> of) => [.. rows.Where(of).Select(row => row.Id)];
    }
}
