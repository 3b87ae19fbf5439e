using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Functions.Tests.Http;
using Relais.Kit;
using Relais.Simulators;

namespace Functions.Tests.Access;

/// <summary>The call that a function is known by.</summary>
/// <param name="Body">An object goes as JSON, a text as CSV.</param>
/// <param name="Subject">Who calls.</param>
internal sealed record ChangingCall(string Method, string Path, object? Body = null, string Subject = "owner");

/// <summary>For each function that changes something: what has to be there first, and the call that changes it. A new function gets its line here.</summary>
internal sealed class ChangingCalls(ApiSystem api)
{
    /// <summary>They only look: with a body for what must not stand in a URL, or at the provider.</summary>
    public static readonly string[] Reads = ["GetRequirements", "GetConsentHistory", "RefreshUsage", "SearchNumbers"];

    private static int numbers;

    public static IReadOnlyDictionary<string, Func<ChangingCalls, Task<ChangingCall>>> All { get; } = new Dictionary<string, Func<ChangingCalls, Task<ChangingCall>>>
    {
        ["AcceptInvitation"] = async calls => new("POST", "invitations/accept", new { code = await calls.InviteAsync() }, Somebody()),
        ["CancelCampaign"] = async calls => new("POST", $"campaigns/{await calls.CampaignAsync()}/cancel"),
        ["ChangeBudget"] = _ => Task.FromResult(new ChangingCall("PUT", "telephony/budget", new { monthlyBudget = Next(100) })),
        ["ChangePrivacySettings"] = _ => Task.FromResult(new ChangingCall("PUT", "privacy/settings", new { retentionDays = Next(100) })),
        ["ChangeRole"] = async calls => new("PUT", $"members/{await calls.MemberAsync()}", new { role = "operator" }),
        ["ChangeTelephonySettings"] = _ => Task.FromResult(new ChangingCall("PUT", "telephony/settings", new { repairWebhooks = false })),
        ["ChangeTenant"] = _ => Task.FromResult(new ChangingCall("PUT", "tenant", new { name = $"Loko {Next()}", country = "GN", locale = "fr", timeZone = "Africa/Conakry" })),
        ["ChangeWhatsAppProfile"] = _ => Task.FromResult(new ChangingCall("PUT", $"telephony/whatsapp-senders/{RelaisSystem.SenderId}/profile", new { about = $"Loko {Next()}" })),
        ["ConnectExistingNumber"] = calls => calls.OnLineAsync(line => new("POST", "/api/configure-twilio-webhook", new { phone_number = calls.BuyInConsole(line) }, line.Subject)),
        ["ConnectWhatsAppSender"] = _ => Task.FromResult(new ChangingCall("POST", $"telephony/whatsapp-senders/{RelaisSystem.SenderId}/webhooks")),
        ["CreateApiKey"] = _ => Task.FromResult(new ChangingCall("POST", "api-keys", new { name = "Caisse", scopes = new[] { "contacts" } })),
        ["CreateCampaign"] = _ => Task.FromResult(new ChangingCall("POST", "campaigns", Campaign())),
        ["CreateTenant"] = _ => Task.FromResult(new ChangingCall("POST", "tenants", new { name = "Essai", country = "GN" }, Somebody())),
        ["DeleteCredentials"] = calls => calls.OnLineAsync(line => new("DELETE", "telephony/credentials", null, line.Subject)),
        ["EraseContact"] = async calls => new("DELETE", $"contacts/{await calls.ContactAsync()}"),
        ["ErasePerson"] = async calls => new("POST", "privacy/erase", new { address = await calls.PhoneAsync() }),
        ["ImportContacts"] = _ => Task.FromResult(new ChangingCall("POST", "contacts/import", Csv(Phone()))),
        ["InviteMember"] = _ => Task.FromResult(new ChangingCall("POST", "invitations", new { role = "viewer", name = "Claire" })),
        ["LeaveTenant"] = async calls => new("DELETE", "members/me", null, await calls.JoinAsync()),
        ["PauseCampaign"] = async calls => new("POST", $"campaigns/{await calls.CampaignAsync("start")}/pause"),
        ["PurchaseNumber"] = calls => calls.OnLineAsync(line => new("POST", "/api/purchase-twilio-number", new { phone_number = line.ForSale }, line.Subject)),
        ["ReleaseNumber"] = calls => calls.OnNumberAsync((line, id) => new("POST", $"telephony/numbers/{id}/release", new { phone_number = line.ForSale }, line.Subject)),
        ["RemoveMember"] = async calls => new("DELETE", $"members/{await calls.MemberAsync()}"),
        ["RepairNumber"] = calls => calls.OnNumberAsync((line, id) => new("POST", $"telephony/numbers/{id}/repair", null, line.Subject)),
        ["RestoreWhatsAppSender"] = calls => calls.OnSenderAsync(async (line, id) =>
        {
            await calls.MustAsync(new("POST", $"telephony/whatsapp-senders/{id}/retire", new { phone_number = line.ForSale }, line.Subject));
            return new("POST", $"telephony/whatsapp-senders/{id}/restore", null, line.Subject);
        }),
        ["ResumeCampaign"] = async calls => new("POST", $"campaigns/{await calls.CampaignAsync("start", "pause")}/resume"),
        ["RetireWhatsAppSender"] = calls => calls.OnSenderAsync((line, id) =>
            Task.FromResult(new ChangingCall("POST", $"telephony/whatsapp-senders/{id}/retire", new { phone_number = line.ForSale }, line.Subject))),
        ["RetryFailedEvent"] = async calls => new("POST", $"webhook-events/{await calls.FailedEventAsync()}/retry"),
        ["RetryFailedEvents"] = async calls =>
        {
            await calls.FailedEventAsync();
            return new("POST", "webhook-events/failed/retry");
        },
        ["RevokeApiKey"] = async calls => new("DELETE", $"api-keys/{(await calls.MustAsync(new("POST", "api-keys", new { name = "x", scopes = new[] { "*" } }))).GetProperty("id").GetString()}"),
        ["RevokeInvitation"] = async calls => new("DELETE", $"invitations/{(await calls.MustAsync(new("POST", "invitations", new { role = "viewer" }))).GetProperty("id").GetString()}"),
        ["SaveCredentials"] = calls => calls.OnLineAsync(line => new("PUT", "telephony/credentials", line.Credentials, line.Subject)),
        ["StartCampaign"] = async calls => new("POST", $"campaigns/{await calls.CampaignAsync()}/start"),
        ["SyncNumbers"] = calls => calls.OnLineAsync(line =>
        {
            calls.BuyInConsole(line);
            return new("POST", "telephony/sync", null, line.Subject);
        }),
        ["SyncWhatsAppSenders"] = calls => calls.OnLineAsync(line =>
        {
            calls.RegisterWhatsApp(line);
            return new("POST", "telephony/whatsapp-senders/sync", null, line.Subject);
        }),
    };

    public async Task<HttpResponseMessage> SendAsync(ChangingCall call)
    {
        using var http = api.System.CreateClient(null);
        http.BaseAddress = new Uri(api.System.App.Url, "/api/v1/");
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", api.TokenFor(call.Subject));
        request.Content = call.Body switch { null => null, string csv => new StringContent(csv, Encoding.UTF8, "text/csv"), var json => JsonContent.Create(json) };
        return await http.SendAsync(request);
    }

    private async Task<JsonElement> MustAsync(ChangingCall call)
    {
        using var response = await SendAsync(call);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{call}: {text}");
        return text.Length == 0 ? default : JsonSerializer.Deserialize<JsonElement>(text);
    }

    private async Task<Guid> FailedEventAsync()
    {
        var id = Guid.CreateVersion7();
        await api.System.Database.ExecuteAsync(
            """
            insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, attempts, received_at)
            values (@id, @TenantId, 'twilio', 'inbound', @sid, '', '{"From": "+14185550101", "To": "+14185550199", "Body": "Bonjour"}', 'failed', 20, now())
            """,
            new { id, RelaisSystem.TenantId, sid = $"SM{id:N}" });
        return id;
    }

    private async Task<string> InviteAsync() => (await MustAsync(new("POST", "invitations", new { role = "viewer" }))).GetProperty("code").GetString()!;

    private async Task<string> JoinAsync()
    {
        var (subject, code) = (Somebody(), await InviteAsync());
        await MustAsync(new("POST", "invitations/accept", new { code }, subject));
        return subject;
    }

    private async Task<string> MemberAsync()
    {
        await JoinAsync();
        return (await MustAsync(new("GET", "members?limit=500"))).GetProperty("members").EnumerateArray().Last().GetProperty("id").GetString()!;
    }

    private async Task<string> CampaignAsync(params string[] verbs)
    {
        var id = (await MustAsync(new("POST", "campaigns", Campaign()))).GetProperty("id").GetString()!;
        foreach (var verb in verbs)
        {
            await MustAsync(new("POST", $"campaigns/{id}/{verb}"));
        }

        return id;
    }

    /// <summary>The owner of a tenant with an account, and a number that is for sale.</summary>
    private sealed record Line(string Subject, string AccountSid, object Credentials, string ForSale);

    private async Task<ChangingCall> OnLineAsync(Func<Line, ChangingCall> call) => call(await TelephonyAsync());

    private async Task<ChangingCall> OnNumberAsync(Func<Line, string, ChangingCall> call)
    {
        var line = await TelephonyAsync();
        await MustAsync(new("POST", "/api/purchase-twilio-number", new { phone_number = line.ForSale }, line.Subject));
        return call(line, (await MustAsync(new("GET", "telephony/numbers", null, line.Subject))).GetProperty("numbers")[0].GetProperty("id").GetString()!);
    }

    private async Task<ChangingCall> OnSenderAsync(Func<Line, string, Task<ChangingCall>> call)
    {
        var line = await TelephonyAsync();
        RegisterWhatsApp(line);
        var synced = await MustAsync(new("POST", "telephony/whatsapp-senders/sync", null, line.Subject));
        return await call(line, synced.GetProperty("senders")[0].GetProperty("id").GetString()!);
    }

    private async Task<Line> TelephonyAsync()
    {
        var (subject, sid, token) = (Somebody(), $"AC{Next(70_000):d32}", new string('f', 32));
        api.System.Simulator.Add(new SimulatedAccount(sid, token));
        var credentials = new { accountSid = sid, authToken = token };
        await MustAsync(new("POST", "tenants", new { name = "Clinique", country = "CA" }, subject));
        await MustAsync(new("PUT", "telephony/credentials", credentials, subject));
        var found = await MustAsync(new("POST", "/api/search-twilio-numbers", new { areaCode = "418" }, subject));
        return new Line(subject, sid, credentials, found.GetProperty("numbers")[0].GetProperty("phoneNumber").GetString()!);
    }

    private string BuyInConsole(Line line) => api.System.Simulator.BuyInConsole(new SimulatedNumber(line.ForSale, line.AccountSid)).PhoneNumber;

    private void RegisterWhatsApp(Line line) => api.System.Simulator.Add(new SimulatedSender($"whatsapp:{line.ForSale}", line.AccountSid));

    private async Task<string> PhoneAsync()
    {
        var phone = Phone();
        await MustAsync(new("POST", "contacts/import", Csv(phone)));
        return phone;
    }

    private async Task<string> ContactAsync() => (await MustAsync(new("POST", "contacts/import", Csv(Phone())))).GetProperty("report")[0].GetProperty("contactId").GetString()!;

    private static object Campaign() => new
    {
        name = "Rentrée",
        senderId = RelaisSystem.SenderId,
        audience = new { tags = new[] { "nobody" } },
        message1 = new { type = "text", body = "Bonjour" },
        // far enough that it still waits when the next call comes
        scheduledAt = TimeProvider.System.GetUtcNow().AddDays(2),
    };

    private static string Csv(string phone) => $"phone,first_name\n{phone},Hadja\n";

    private static string Phone() => Ids.Phone(900_000 + Next());

    private static string Somebody() => $"somebody-{Guid.NewGuid():N}";

    private static int Next(int from = 0) => from + Interlocked.Increment(ref numbers);
}
