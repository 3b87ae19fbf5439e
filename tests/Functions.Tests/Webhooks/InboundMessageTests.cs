using System.Text;
using System.Text.Json;
using Relais.Channels;
using Relais.Channels.Twilio;
using Relais.Kit;
using Relais.Webhooks;

namespace Functions.Tests.Webhooks;

public sealed class InboundMessageTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Long =
        "Bannon Explains The World ...\n“The Camp of the Saints”.\nUn texte long, avec des accents : é è ç, et un emoji 👋, " +
        "pour dépasser " +
        "la limite.";

    [Theory]
    // The channel prefix is on both addresses, on one of them or on none.
    [InlineData("whatsapp:+224620000001", "whatsapp:+224620999999", "", "", "whatsapp", "+224620000001", "Phone")]
    [InlineData("+224620000001", "whatsapp:+224620999999", "", "", "whatsapp", "+224620000001", "Phone")]
    [InlineData("whatsapp:+224620000001", "+224620999999", "", "", "whatsapp", "+224620000001", "Phone")]
    [InlineData("+224620000001", "+224620999999", "whatsapp", "", "whatsapp", "+224620000001", "Phone")]
    [InlineData("+224620000001", "+224620999999", "", "224620000001", "whatsapp", "+224620000001", "Phone")]
    [InlineData("WhatsApp:+224620000001", " whatsapp: +224620999999", "", "", "whatsapp", "+224620000001", "Phone")]
    // The plus sign is missing or was decoded as a blank.
    [InlineData("whatsapp:224620000001", "whatsapp:224620999999", "", "", "whatsapp", "+224620000001", "Phone")]
    [InlineData("224620000001", "224620999999", "WhatsApp:", "", "whatsapp", "+224620000001", "Phone")]
    [InlineData("whatsapp: 224620000001", "whatsapp: 224620999999", "", "", "whatsapp", "+224620000001", "Phone")]
    [InlineData(" 224620000001", " 224620999999", "", "", "sms", "+224620000001", "Phone")]
    [InlineData("224620000001", "224620999999", "", "", "sms", "+224620000001", "Phone")]
    [InlineData("+224 620-00-00-01", "+224 (620) 999999", "", "", "sms", "+224620000001", "Phone")]
    // Short codes and sender names are kept.
    [InlineData("38383", "+224620999999", "", "", "sms", "38383", "ShortCode")]
    [InlineData("38383", "224620999999", "", "", "sms", "38383", "ShortCode")]
    [InlineData("36111", "+33644600000", "", "", "sms", "36111", "ShortCode")]
    [InlineData("MaBanque", "+224620999999", "", "", "sms", "MaBanque", "SenderName")]
    [InlineData("Orange Money", "+224620999999", "", "", "sms", "Orange Money", "SenderName")]
    [InlineData("Café 24", "+224620999999", "", "", "sms", "Café 24", "SenderName")]
    // A national number must not be read as the international number of another person.
    [InlineData("4155551234", "+14155550000", "", "", "sms", "4155551234", "Unknown")]
    [InlineData("", "+224620999999", "", "", "sms", "", "Unknown")]
    [InlineData("whatsapp:", "whatsapp:+224620999999", "", "", "whatsapp", "", "Unknown")]
    [InlineData("whatsapp:garbage!", "whatsapp:+224620999999", "", "", "whatsapp", "garbage!", "Unknown")]
    [InlineData("whatsapp:MaBanque", "whatsapp:+224620999999", "", "", "whatsapp", "MaBanque", "Unknown")]
    // A WhatsApp user without a phone number.
    [InlineData("whatsapp:GN.4566546130240823", "whatsapp:+224620999999", "", "", "whatsapp", "GN.4566546130240823", "WhatsAppUser")]
    [InlineData("GN.4566546130240823", "whatsapp:+224620999999", "", "", "whatsapp", "GN.4566546130240823", "WhatsAppUser")]
    [InlineData(
        "whatsapp:US.ENT.11815799212886844830", "whatsapp:+224620999999", "", "",
        "whatsapp", "US.ENT.11815799212886844830", "WhatsAppUser")]
    // The sender is unreadable, but WaId holds the number.
    [InlineData("whatsapp:garbage!", "whatsapp:+224620999999", "", "224620000001", "whatsapp", "+224620000001", "Phone")]
    public void FieldTrial_F14_Channel_and_sender_are_read_in_every_spelling(
        string from, string to, string channelPrefix, string waId, string channel, string address, string kind)
    {
        var message = TwilioInboundMessage.Read(
            new Dictionary<string, string> { ["From"] = from, ["To"] = to, ["ChannelPrefix"] = channelPrefix, ["WaId"] = waId });

        Assert.Equal((channel, address, Enum.Parse<AddressKind>(kind)), (message.Channel, message.From, message.FromKind));
    }

    [Theory]
    [InlineData("whatsapp:GN.4566546130240823", "GN.4566546130240823")]
    [InlineData("GN.4566546130240823", "GN.4566546130240823")]
    [InlineData("", null)]
    [InlineData(" ", null)]
    [InlineData("whatsapp:", null)]
    [InlineData("whatsapp:+224620000001", null)]
    [InlineData("224620000001", null)]
    [InlineData("null", null)]
    [InlineData("undefined", null)]
    [InlineData("{\"id\":1}", null)]
    [InlineData("GN.", null)]
    [InlineData("GN.12 34", null)]
    public void FieldTrial_F14_Only_a_valid_user_id_is_accepted(string externalUserId, string? userId)
    {
        var message = TwilioInboundMessage.Read(
            new Dictionary<string, string>
            {
                ["From"] = "whatsapp:+224620000001",
                ["To"] = "whatsapp:+224620999999",
                ["ExternalUserId"] = externalUserId,
            });

        Assert.Equal(userId, message.UserId);
    }

    [Theory]
    [InlineData("38383")]
    [InlineData("MaBanque")]
    public async Task FieldTrial_F14_A_sender_without_a_reply_address_creates_no_contact(string from)
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        var id = await world.StoreAndProcessAsync(world.Fields(("From", from), ("Body", "Votre code est 1234")));

        Assert.Equal("done", (await world.StateAsync(id)).State);
        Assert.Empty(await world.IdentitiesAsync());
        Assert.Equal((from, (Guid?)null), await world.OneAsync<(string, Guid?)>(
            "select contact_address, contact_id from messages where tenant_id = @TenantId and direction = 'in'",
            new { world.TenantId }));
    }

    [Theory]
    [InlineData("whatsapp", "whatsapp:+224620000777", "whatsapp:+224620000778")]
    [InlineData("whatsapp", "+224620000777", "null")]
    [InlineData("whatsapp", "whatsapp:224620000777", "")]
    [InlineData("sms", "+224620000777", "whatsapp:GN.4566546130240823")]
    public async Task FieldTrial_F14_An_invalid_user_id_creates_no_identity(string channel, string from, string userId)
    {
        await using var world = await InboundFixture.CreateAsync(postgres, channel);

        await world.StoreAndProcessAsync(
            world.Fields(
                ("From", from), ("To", channel == "whatsapp" ? $"whatsapp:{InboundFixture.SenderNumber}" : InboundFixture.SenderNumber),
                ("ExternalUserId", userId)));

        Assert.Equal(["phone +224620000777"], await world.IdentitiesAsync());
    }

    [Fact]
    public async Task FieldTrial_F14_An_unreadable_sender_address_is_ignored_with_a_reason()
    {
        await using var world = await InboundFixture.CreateAsync(postgres, "whatsapp");

        var id = await world.StoreAndProcessAsync(
            world.Fields(("From", "whatsapp:garbage!"), ("To", $"whatsapp:{InboundFixture.SenderNumber}"), ("Body", "STOP")));

        Assert.Equal(("ignored", "sender_address_not_readable"), await world.StateAsync(id));
        Assert.Empty(await world.IdentitiesAsync());
        Assert.Empty(await world.SuppressedAsync());
    }

    [Fact]
    public async Task FieldTrial_F14_A_message_to_a_short_code_waits_with_a_reason_until_the_code_is_a_sender()
    {
        await using var world = await InboundFixture.CreateAsync(postgres);

        var id = await world.StoreAndProcessAsync(world.Fields(("To", "38383"), ("Body", "STOP")));

        Assert.Equal(("unrouted", "no_sender_has_the_address"), await world.StateAsync(id));
        Assert.Equal([InboundFixture.ContactNumber], await world.SuppressedAsync());
        await world.ExecuteAsync("update senders set address = '38383' where id = @SenderId", new { world.SenderId });
        await world.SystemDb.RunAsync(
            tx => UnroutedMessages.RequeueForSenderAsync(tx, world.SenderId, world.Clock.Now, default), default);
        await world.Process.RunAsync(id, default);
        Assert.Equal(("done", null), await world.StateAsync(id));
        Assert.Equal(["opt_out keyword"], await world.ConsentHistoryAsync());
    }

    [Theory]
    [InlineData("+224620999998")]
    [InlineData("whatsapp:+224620999998")]
    [InlineData("whatsapp:224620999998")]
    public async Task FieldTrial_F14_A_message_to_a_number_is_processed_once_the_number_becomes_a_sender(string to)
    {
        await using var world = await InboundFixture.CreateAsync(postgres, "whatsapp");
        var id = await world.StoreAndProcessAsync(world.Fields(("From", "whatsapp:+224620000777"), ("To", to)));
        Assert.Equal("unrouted", (await world.StateAsync(id)).State);

        await world.ExecuteAsync(
            "update senders set address = '+224620999998' where id = @SenderId", new { world.SenderId });
        await world.SystemDb.RunAsync(
            tx => UnroutedMessages.RequeueForSenderAsync(tx, world.SenderId, world.Clock.Now, default), default);
        await world.Process.RunAsync(id, default);

        Assert.Equal("done", (await world.StateAsync(id)).State);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void FieldTrial_F14_A_long_sms_in_base64_is_decoded(bool isCut)
    {
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(Long));
        var message = Read("sms", isCut ? body[..^7] : body);

        Assert.StartsWith(isCut ? Long[..80] : Long, message.Text, StringComparison.Ordinal);
        Assert.DoesNotContain('\uFFFD', message.Text);
    }

    [Fact]
    public void FieldTrial_F14_Base64_in_lines_is_decoded() =>
        Assert.Equal(
            Long, Read("sms", Convert.ToBase64String(Encoding.UTF8.GetBytes(Long), Base64FormattingOptions.InsertLineBreaks)).Text);

    [Theory]
    [InlineData("Bonjour")]
    [InlineData("STOP")]
    [InlineData("abcd")]
    [InlineData("TEST1234")]
    [InlineData("Prix=")]
    [InlineData("Bonjour, je voudrais un rendez-vous demain matin à 9 h si possible, merci beaucoup")]
    [InlineData("https://relais.example/uneadressetreslongue/quinecontientaucunespace/maisdesbarres")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("hahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahahaha")]
    [InlineData("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4ifQ12345678")]
    [InlineData("0123456789012345678901234567890123456789012345678901234567890123456789")]
    public void FieldTrial_F14_An_ordinary_text_is_not_decoded(string body) => Assert.Equal(body, Read("sms", body).Text);

    [Fact]
    public void FieldTrial_F14_A_whatsapp_text_is_not_decoded()
    {
        var body = Convert.ToBase64String(Encoding.UTF8.GetBytes(Long));

        Assert.Equal(body, Read("whatsapp", body).Text);
    }

    [Theory]
    [InlineData(
        "9.509167", "-13.712222",
        """
        {"latitude":9.509167,"longitude":-13.712222,"address":"Kaloum","label":"Marché","writtenLatitude":null,"writtenLongitude":null}
        """)]
    [InlineData(
        " 9.5 ", "-13",
        """{"latitude":9.5,"longitude":-13,"address":"Kaloum","label":"Marché","writtenLatitude":null,"writtenLongitude":null}""")]
    [InlineData(
        "0", "0",
        """{"latitude":0,"longitude":0,"address":"Kaloum","label":"Marché","writtenLatitude":null,"writtenLongitude":null}""")]
    [InlineData(
        "91", "12",
        """{"latitude":null,"longitude":null,"address":"Kaloum","label":"Marché","writtenLatitude":"91","writtenLongitude":"12"}""")]
    [InlineData(
        "9,5", "12",
        """{"latitude":null,"longitude":null,"address":"Kaloum","label":"Marché","writtenLatitude":"9,5","writtenLongitude":"12"}""")]
    [InlineData(
        "NaN", "Infinity",
        """{"latitude":null,"longitude":null,"address":"Kaloum","label":"Marché","writtenLatitude":"NaN","writtenLongitude":"Infinity"}""")]
    [InlineData(
        "1e400", "12",
        """{"latitude":null,"longitude":null,"address":"Kaloum","label":"Marché","writtenLatitude":"1e400","writtenLongitude":"12"}""")]
    [InlineData(
        "9.5", "",
        """{"latitude":null,"longitude":null,"address":"Kaloum","label":"Marché","writtenLatitude":"9.5","writtenLongitude":null}""")]
    [InlineData(
        "", "",
        """{"latitude":null,"longitude":null,"address":"Kaloum","label":"Marché","writtenLatitude":null,"writtenLongitude":null}""")]
    public async Task FieldTrial_F13_A_shared_location_is_stored_and_invalid_coordinates_are_kept_as_text(
        string latitude, string longitude, string stored)
    {
        await using var world = await InboundFixture.CreateAsync(postgres, "whatsapp");
        var fields = world.Fields(
            ("From", "whatsapp:+224620000777"), ("To", $"whatsapp:{InboundFixture.SenderNumber}"), ("Body", ""), ("Latitude", latitude),
            ("Longitude", longitude), ("Address", "Kaloum"), ("Label", "Marché"));

        var id = await world.StoreAndProcessAsync(fields);

        Assert.Equal("done", (await world.StateAsync(id)).State);
        var location = await world.OneAsync<string>("select location::text from messages where id = @id", new { id });
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(stored), JsonElement.Parse(location)), location);
    }

    [Fact]
    public void FieldTrial_F13_A_message_without_coordinates_has_no_location() =>
        Assert.Null(
            TwilioInboundMessage.Read(
                new Dictionary<string, string>
                {
                    ["From"] = "+224620000001",
                    ["To"] = "+224620999999",
                    ["Latitude"] = "",
                    ["Address"] = " ",
                })
                .Location);

    private static InboundMessage Read(string channel, string body)
    {
        var prefix = channel == "whatsapp" ? "whatsapp:" : "";
        return TwilioInboundMessage.Read(
            new Dictionary<string, string> { ["From"] = $"{prefix}+224620000001", ["To"] = $"{prefix}+224620999999", ["Body"] = body });
    }
}
