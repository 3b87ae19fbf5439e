using Functions.Tests.Webhooks;
using Relais.Inbox;
using Relais.Kit;
using Relais.Platform.Http;

namespace Functions.Tests.Inbox;

public sealed class MessageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    [Fact]
    public async Task FieldTrial_F13_A_shared_location_is_returned_by_the_api()
    {
        await using var world = await InboundFixture.CreateAsync(postgres, "whatsapp");
        var id = await world.StoreAndProcessAsync(Location(world, "9.509167", "-13.712222"));

        var message = (await world.Get<GetMessage>().RunAsync(world.TenantId, id, default)).Value;

        Assert.Equal(new MessageLocation(9.509167, -13.712222, "Rue KA 020, Kaloum", "Marché du Niger", null, null), message.Location);
        Assert.Equal(
            ("in", "whatsapp", InboundFixture.ContactNumber, "received", world.Contact(1)),
            (message.Direction, message.Channel, message.Address, message.Status, message.ContactId!.Value));
        Assert.Equal([new MessageMedia("https://api.twilio.com/m", "image/jpeg")], message.Media);
    }

    [Fact]
    public async Task FieldTrial_F13_Received_messages_are_read_page_by_page()
    {
        await using var world = await InboundFixture.CreateAsync(postgres, "whatsapp");
        var ids = new List<Guid>();
        for (var n = 0; n < 5; n++)
        {
            ids.Add(await world.StoreAndProcessAsync(Location(world, n == 3 ? "au marché" : $"{n}", "0")));
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var list = world.Get<ListReceivedMessages>();
        var first = await list.RunAsync(world.TenantId, new PageQuery(null, 3), default);
        var second = await list.RunAsync(world.TenantId, new PageQuery(first.Next, 3), default);

        Assert.Equal(ids, first.Messages.Concat(second.Messages).Select(message => message.Id));
        Assert.Null(second.Next);
        Assert.Equal(("au marché", null), (second.Messages[0].Location?.WrittenLatitude, second.Messages[0].Location?.Latitude));
    }

    [Fact]
    public async Task FieldTrial_F13_A_location_is_erased_with_the_person_and_hidden_from_other_tenants()
    {
        await using var world = await InboundFixture.CreateAsync(postgres, "whatsapp");
        await using var other = await InboundFixture.CreateAsync(postgres, "whatsapp");
        var id = await world.StoreAndProcessAsync(Location(world, "9.5", "-13.7"));

        Assert.Equal(
            "message_not_found",
            (await other.Get<GetMessage>().RunAsync(other.TenantId, id, default)).Failure?.Code);
        Assert.Empty(
            (await other.Get<ListReceivedMessages>().RunAsync(
                other.TenantId, new PageQuery(null, 50), default)).Messages);

        await world.EraseAsync(InboundFixture.ContactNumber);
        var message = (await world.Get<GetMessage>().RunAsync(world.TenantId, id, default)).Value;
        Assert.Equal((null, null, null, 0), (message.Location, message.Address, message.Body, message.Media.Count));
    }

    private static Dictionary<string, string> Location(InboundFixture world, string latitude, string longitude) => world.Fields(
        ("From", $"whatsapp:{InboundFixture.ContactNumber}"), ("To", $"whatsapp:{InboundFixture.SenderNumber}"), ("Latitude", latitude),
        ("Longitude", longitude),
        ("Address", "Rue KA 020, Kaloum"), ("Label", "Marché du Niger"), ("NumMedia", "1"), ("MediaUrl0", "https://api.twilio.com/m"),
        ("MediaContentType0", "image/jpeg"));
}
