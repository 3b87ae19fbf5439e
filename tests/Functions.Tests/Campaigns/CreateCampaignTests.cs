using System.Text;
using Relais.Campaigns;
using Relais.Kit;
using Relais.Platform;
using Relais.Platform.Http;

namespace Functions.Tests.Campaigns;

public sealed class CreateCampaignTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task A_campaign_is_stored_as_requested()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var body = $$"""
            {
              "name": " Rentrée ", "senderId": "{{world.SenderId}}", "audience": { "tags": ["clients"] },
              "message1": { "type": "text", "body": "Bonjour {{"{{first_name|client}}"}}" },
              "message2": {
                "type": "template", "contentSid": "HX0123456789abcdef0123456789abcdef",
                "variables": { "1": "first_name|client", "2": { "value": "10 %" } }
              },
              "scheduledAt": "2026-01-05T10:00:00+01:00", "hoursFrom": "08:00", "hoursTo": "20:30",
              "expiresAt": "2026-01-06T20:00:00Z", "replyWindowHours": 48
            }
            """;

        var created = (await world.Get<CreateCampaign>().RunAsync(
            world.Caller, JsonBody.Parse<CampaignRequest>(Encoding.UTF8.GetBytes(body)).Value, default)).Value;
        var read = (await world.Get<GetCampaign>().RunAsync(world.TenantId, created.Id, default)).Value;

        Assert.Equal(Json.Write(created), Json.Write(read));
        Assert.Equal(("Rentrée", "draft", "Africa/Conakry", 48), (read.Name, read.Status, read.TimeZone, read.ReplyWindowHours));
        Assert.Equal(new TimeOnly(20, 30), read.HoursTo);
        var json = Json.Write(read);
        Assert.Contains("""
            "variables":{"1":"first_name|client","2":{"value":"10 %"}}
            """, json);
        Assert.Contains("""
            "audience":{"tags":["clients"]}
            """, json);
        Assert.Contains("\"hoursFrom\":\"08:00\"", json);
        Assert.Contains("\"scheduledAt\":\"2026-01-05T09:00:00Z\"", json);
    }

    [Fact]
    public async Task An_invalid_request_reports_every_fault()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres, "sms");
        var request = new CampaignRequest
        {
            Name = " ",
            SenderId = world.SenderId,
            Audience = new Audience { Tags = ["a", ""], ImportId = Guid.Empty },
            Message1 = new MessageContent
            {
                Type = "template",
                Body = "x",
                ContentSid = "HX1",
                Variables = new Dictionary<string, TemplateVariable> { ["a b"] = new("|x", null) },
            },
            Message2 = new MessageContent { Type = "text", Body = "{{", ContentSid = "HX1" },
            HoursFrom = new TimeOnly(8, 0),
            TimeZone = "Mars/Olympus",
            ExpiresAt = FixedClock.Start,
            ReplyWindowHours = 0,
        };

        var failure = (await world.Get<CreateCampaign>().RunAsync(world.Caller, request, default)).Failure!;

        Assert.Equal((FailureKind.Invalid, "invalid_body"), (failure.Kind, failure.Code));
        Assert.Equal(
            [
                "audience", "audience.importId", "audience.tags", "expiresAt", "hoursTo", "message1.body", "message1.contentSid",
                "message1.type", "message1.variables.a b", "message2.body", "message2.contentSid", "name", "replyWindowHours",
                "timeZone",
            ],
            failure.Faults!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(2, failure.Faults["message1.variables.a b"].Length);
    }

    [Fact]
    public async Task An_empty_request_reports_the_required_fields()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);

        var failure = (await world.Get<CreateCampaign>().RunAsync(world.Caller, new CampaignRequest(), default)).Failure!;

        Assert.Equal(["audience", "message1", "name", "senderId"], failure.Faults!.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_sender_or_import_of_another_tenant_is_refused()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        await using var other = await CampaignFixture.CreateAsync(postgres);
        var create = world.Get<CreateCampaign>();

        Assert.Equal(
            ["senderId"],
            (await create.RunAsync(world.Caller, CampaignFixture.Request(other.SenderId), default)).Failure!.Faults!.Keys);
        Assert.Equal(["audience.importId"],
            (await create.RunAsync(
                world.Caller,
                world.Request() with { Audience = new Audience { ImportId = Guid.NewGuid() } },
                default)).Failure!.Faults!.Keys);
    }

    [Fact]
    public async Task Campaigns_are_listed_newest_first_in_pages()
    {
        await using var world = await CampaignFixture.CreateAsync(postgres);
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await world.CreateCampaignAsync());
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var list = world.Get<ListCampaigns>();
        var first = await list.RunAsync(world.TenantId, new PageQuery(null, 3), default);
        var second = await list.RunAsync(world.TenantId, new PageQuery(first.Next, 3), default);

        Assert.Equal(ids.AsEnumerable().Reverse(), first.Campaigns.Concat(second.Campaigns).Select(campaign => campaign.Id));
        Assert.Null(second.Next);
    }
}
