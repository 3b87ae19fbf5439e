using System.Globalization;
using System.Net;
using Relais.Kit;
using Xunit.Sdk;

namespace EndToEnd.Tests.MixedLoad;

/// <summary>
/// Sends webhooks other than the campaign's own callbacks: opt-outs and opt-ins, ordinary and unusual messages, repeated requests,
/// callbacks about unknown messages, and requests with a wrong signature.
/// </summary>
internal sealed class InboundTraffic(
    RelaisSystem system, SignedWebhookClient webhooks, RecipientSet recipients, AcknowledgedConsents consents, string smsSender)
{
    private static readonly (string Body, string? OptOutType)[] Stops =
    [
        ("STOP", null), ("stop", null), ("Stop.", null), ("Arrêt", null), ("STOP PUB", null), ("Désabonnez-moi", null),
        ("ne plus recevoir", null), ("STOP SMS", null), ("Stop svp", null), ("ANNULER", null),
        ("FIN", null), ("unsubscribe", null), ("Je ne veux plus recevoir de messages", null), ("PLUS RIEN", "STOP"), ("", "STOP"),
    ];

    private static readonly (string Body, string? OptOutType)[] Starts =
    [
        ("START", null), ("Réabonnez-moi", null), ("unstop", null), ("me revoilà", "START"),
    ];
    private static readonly string[] Texts =
    [
        "Bonjour 👋", "Arrêtez devant la poste", "merci 100 %", "Où êtes-vous ?", "", "a\0b", "stop ou encore", "1",
        "'; drop table messages; --", new('x', 1_600),
    ];
    private static readonly string[] Codes =
    [
        "30003", "30004", "30005", "30006", "30007", "30008", "21610", "63016", "63024", "0", "", "abc",
    ];

    /// <summary>Runs one of several parallel workers. Only one worker sends the messages of a person.</summary>
    public async Task RunAsync(int worker, Random random, TimeSpan pause, CancellationToken stop)
    {
        for (var n = 1; !stop.IsCancellationRequested; n++)
        {
            await SendNextAsync(random, $"+22462{worker}{n:D6}");
            await Task.Delay(pause * (0.5 + random.NextDouble()), stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private Task SendNextAsync(Random random, string stranger) => random.Next(100) switch
    {
        < 22 => StopAsync(random, recipients.TakeStopping() ?? stranger, "whatsapp"),
        < 30 => StopAsync(random, stranger, random.Next(2) == 0 ? "sms" : "whatsapp"),
        < 50 => MessageAsync(random, recipients.Talking[random.Next(recipients.Talking.Count)], "whatsapp"),
        < 62 => MessageAsync(random, stranger, random.Next(2) == 0 ? "sms" : "whatsapp"),
        < 70 => RepeatedAsync(random, stranger),
        < 84 => UnknownCallbackAsync(random),
        < 92 => UnreadableAsync(random, stranger),
        _ => WrongSignatureAsync(random, stranger),
    };

    private async Task StopAsync(Random random, string person, string channel)
    {
        await SendConsentAsync(person, channel, isStop: true, Stops[random.Next(Stops.Length)]);
        if (random.Next(5) == 0)
        {
            await SendConsentAsync(person, channel, isStop: false, Starts[random.Next(Starts.Length)]);
            if (random.Next(3) == 0)
            {
                await SendConsentAsync(person, channel, isStop: true, Stops[random.Next(Stops.Length)]);
            }
        }
    }

    private async Task SendConsentAsync(string person, string channel, bool isStop, (string Body, string? OptOutType) word)
    {
        var sid = consents.NextSid();
        var form = Form(sid, person, channel, word.Body);
        if (word.OptOutType is { } optOutType)
        {
            form.Add(new("OptOutType", optOutType));
        }

        Expect(HttpStatusCode.OK, await webhooks.PostAsync(form));
        consents.Received(sid, "word");
        consents.Say(new AcknowledgedConsent(sid, channel, person, isStop, TimeProvider.System.GetUtcNow()));
    }

    private async Task MessageAsync(Random random, string person, string channel)
    {
        var sid = consents.NextSid();
        var form = Form(sid, person, channel, Texts[random.Next(Texts.Length)]);
        switch (random.Next(5))
        {
            case 0:
                Set(form, "NumMedia", "2");
                form.AddRange([
                    new("MediaUrl0", "https://api.example/a.jpg"), new("MediaContentType0", "image/jpeg"),
                    new("MediaUrl1", "https://api.example/b"), new("MediaContentType1", ""),
                ]);
                break;
            case 1:
                form.AddRange([
                    new("Latitude", "9.5370"), new("Longitude", random.Next(2) == 0 ? "-13.6785" : "ici"), new("Address", "Kaloum"),
                    new("MessageType", "location"),
                ]);
                break;
            case 2:
                form.AddRange(
                    [new("MessageType", "reaction"), new("OriginalRepliedMessageSid", consents.NextSid()), new("ReactionEmoji", "👍")]);
                break;
            case 3:
                form.RemoveAll(pair => pair.Key is "Body" or "NumMedia" or "NumSegments");
                break;
        }

        Expect(HttpStatusCode.OK, await webhooks.PostAsync(form));
        consents.Received(sid, "message");
    }

    private async Task RepeatedAsync(Random random, string person)
    {
        var sid = consents.NextSid();
        var form = Form(sid, person, random.Next(2) == 0 ? "sms" : "whatsapp", "Deux fois");
        foreach (var answer in await Task.WhenAll(webhooks.PostAsync(form), webhooks.PostAsync(form), webhooks.PostAsync(form)))
        {
            Expect(HttpStatusCode.OK, answer);
        }

        consents.Received(sid, "message");
    }

    private async Task UnknownCallbackAsync(Random random)
    {
        string[] statuses = ["queued", "sent", "delivered", "read", "undelivered", "failed", "canceled", "something_new"];
        var form = new List<KeyValuePair<string, string>>
        {
            new("MessageSid", consents.NextSid()), new("MessageStatus", statuses[random.Next(statuses.Length)]),
            new("AccountSid", RelaisSystem.AccountSid),
            new("ErrorCode", Codes[random.Next(Codes.Length)]), new("To", "whatsapp:+224629999999"),
            new("From", RelaisSystem.SenderAddress),
        };
        var query = random.Next(3) switch { 0 => "", 1 => $"?m={Guid.CreateVersion7():N}&a=1", _ => "?m=none&a=99999999999" };
        Expect(HttpStatusCode.OK, await webhooks.PostAsync(form, query));
    }

    /// <summary>Sends a signed request of an unknown kind or shape.</summary>
    private async Task UnreadableAsync(Random random, string person)
    {
        List<KeyValuePair<string, string>> form = random.Next(4) switch
        {
            0 => [new("EventKind", "something-new"), new("Weird\0Key", "a\0b"), new("Weird\0Key", "")],
            1 => [new("MessageSid", consents.NextSid())],
            2 => [new("From", $"whatsapp:{person}"), new("Body", "sans SID")],
            _ => [new("MessageSid", consents.NextSid()), new("From", "whatsapp:"), new("To", ""), new("Body", "\0")],
        };
        form.Add(new("AccountSid", RelaisSystem.AccountSid));
        Expect(HttpStatusCode.OK, await webhooks.PostAsync(form));
    }

    private async Task WrongSignatureAsync(Random random, string person)
    {
        var form = Form(consents.NextSid(), person, "whatsapp", "STOP");
        if (random.Next(3) == 0)
        {
            Set(form, "AccountSid", $"AC{random.Next():x32}");
        }

        var answer = await webhooks.PostAsync(form, token: "another token");
        if (answer is not (HttpStatusCode.Forbidden or HttpStatusCode.TooManyRequests))
        {
            throw new XunitException($"A wrong signature was answered with {(int)answer}.");
        }
    }

    private List<KeyValuePair<string, string>> Form(string sid, string person, string channel, string body)
    {
        var prefix = channel == "whatsapp" ? "whatsapp:" : "";
        var form = new List<KeyValuePair<string, string>>
        {
            new("MessageSid", sid), new("SmsSid", sid), new("SmsMessageSid", sid), new("SmsStatus", "received"),
            new("AccountSid", RelaisSystem.AccountSid),
            new("From", prefix + person), new("To", channel == "whatsapp" ? system.ProviderAddress : smsSender), new("Body", body),
            new("NumMedia", "0"), new("NumSegments", "1"),
        };
        if (channel == "whatsapp")
        {
            form.AddRange(
                [new("WaId", person[1..]), new("ProfileName", string.Create(CultureInfo.InvariantCulture, $"Personne {person[^4..]}"))]);
        }

        return form;
    }

    private static void Set(List<KeyValuePair<string, string>> form, string key, string value) =>
        form[form.FindIndex(pair => pair.Key == key)] = new(key, value);

    private static void Expect(HttpStatusCode expected, HttpStatusCode answer)
    {
        if (answer != expected)
        {
            throw new XunitException($"The webhook answered {(int)answer} instead of {(int)expected}.");
        }
    }
}
