using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Functions.Tests.Http;
using Relais.Kit;
using Relais.Simulators;

namespace Functions.Tests.Access;

/// <summary>One HTTP call of the API.</summary>
/// <param name="Body">An object is sent as JSON, a string as CSV; null sends no body.</param>
/// <param name="Subject">The subject of the caller's access token.</param>
internal sealed record ChangingCall(string Method, string Path, object? Body = null, string Subject = "owner");

/// <summary>
/// For each API function that changes something, prepares the data that the function needs and returns the call. Add a line
/// here for each new function.
/// </summary>
internal sealed class ChangingCalls(ApiSystem api)
{
    /// <summary>Functions that use POST but only read: the body keeps personal data out of the URL, or they ask the provider.</summary>
    public static readonly string[] Reads = ["GetRequirements", "GetConsentHistory", "RefreshUsage", "SearchNumbers"];

    private static int numbers;

    public static IReadOnlyDictionary<string, Func<ChangingCalls, Task<ChangingCall>>> All { get; } =
        new Dictionary<string, Func<ChangingCalls, Task<ChangingCall>>>
        {
            ["AcceptInvitation"] = async calls => new("POST", "invitations/accept", new { code = await calls.InviteAsync() }, NewSubject()),
            ["CancelCampaign"] = async calls => new("POST", $"campaigns/{await calls.CampaignAsync()}/cancel"),
            ["ChangeBudget"] = _ => Task.FromResult(new ChangingCall("PUT", "telephony/budget", new { monthlyBudget = Next(100) })),
            ["ChangePrivacySettings"] = _ =>
                Task.FromResult(new ChangingCall("PUT", "privacy/settings", new { retentionDays = Next(100) })),
            ["ChangeRole"] = async calls => new("PUT", $"members/{await calls.MemberAsync()}", new { role = "operator" }),
            ["ChangeTelephonySettings"] = _ =>
                Task.FromResult(new ChangingCall("PUT", "telephony/settings", new { repairWebhooks = false })),
            ["ChangeTenant"] = _ => Task.FromResult(
                new ChangingCall(
                    "PUT", "tenant", new { name = $"Loko {Next()}", country = "GN", locale = "fr", timeZone = "Africa/Conakry" })),
            ["ChangeWhatsAppProfile"] = _ => Task.FromResult(
                new ChangingCall("PUT", $"telephony/whatsapp-senders/{RelaisSystem.SenderId}/profile", new { about = $"Loko {Next()}" })),
            ["ConnectExistingNumber"] = calls => calls.WithTelephonyAsync(
                tenant => new("POST", "/api/configure-twilio-webhook", new { phone_number = calls.BuyInConsole(tenant) }, tenant.Subject)),
            ["ConnectWhatsAppSender"] = _ => Task.FromResult(
                new ChangingCall("POST", $"telephony/whatsapp-senders/{RelaisSystem.SenderId}/webhooks")),
            ["CreateApiKey"] = _ => Task.FromResult(
                new ChangingCall("POST", "api-keys", new { name = "Caisse", scopes = new[] { "contacts" } })),
            ["CreateCampaign"] = _ => Task.FromResult(new ChangingCall("POST", "campaigns", Campaign())),
            ["CreateTenant"] = _ =>
                Task.FromResult(new ChangingCall("POST", "tenants", new { name = "Essai", country = "GN" }, NewSubject())),
            ["DeleteCredentials"] = calls =>
                calls.WithTelephonyAsync(tenant => new("DELETE", "telephony/credentials", null, tenant.Subject)),
            ["EraseContact"] = async calls => new("DELETE", $"contacts/{await calls.ContactAsync()}"),
            ["ErasePerson"] = async calls => new("POST", "privacy/erase", new { address = await calls.PhoneAsync() }),
            ["ImportContacts"] = _ => Task.FromResult(new ChangingCall("POST", "contacts/import", Csv(Phone()))),
            ["InviteMember"] = _ => Task.FromResult(new ChangingCall("POST", "invitations", new { role = "viewer", name = "Claire" })),
            ["LeaveTenant"] = async calls => new("DELETE", "members/me", null, await calls.JoinAsync()),
            ["PauseCampaign"] = async calls => new("POST", $"campaigns/{await calls.CampaignAsync("start")}/pause"),
            ["PurchaseNumber"] = calls => calls.WithTelephonyAsync(
                tenant => new("POST", "/api/purchase-twilio-number", new { phone_number = tenant.ForSale }, tenant.Subject)),
            ["ReleaseNumber"] = calls => calls.WithNumberAsync(
                (tenant, id) => new("POST", $"telephony/numbers/{id}/release", new { phone_number = tenant.ForSale }, tenant.Subject)),
            ["RemoveMember"] = async calls => new("DELETE", $"members/{await calls.MemberAsync()}"),
            ["RepairNumber"] = calls => calls.WithNumberAsync(
                (tenant, id) => new("POST", $"telephony/numbers/{id}/repair", null, tenant.Subject)),
            ["RestoreWhatsAppSender"] = calls => calls.WithSenderAsync(async (tenant, id) =>
            {
                await calls.SendSuccessfullyAsync(
                    new("POST", $"telephony/whatsapp-senders/{id}/retire", new { phone_number = tenant.ForSale }, tenant.Subject));
                return new("POST", $"telephony/whatsapp-senders/{id}/restore", null, tenant.Subject);
            }),
            ["ResumeCampaign"] = async calls => new("POST", $"campaigns/{await calls.CampaignAsync("start", "pause")}/resume"),
            ["RetireWhatsAppSender"] = calls => calls.WithSenderAsync((tenant, id) =>
                Task.FromResult(
                    new ChangingCall(
                        "POST", $"telephony/whatsapp-senders/{id}/retire", new { phone_number = tenant.ForSale }, tenant.Subject))),
            ["RetryFailedEvent"] = async calls => new("POST", $"webhook-events/{await calls.FailedEventAsync()}/retry"),
            ["RetryFailedEvents"] = async calls =>
            {
                await calls.FailedEventAsync();
                return new("POST", "webhook-events/failed/retry");
            },
            ["RevokeApiKey"] = async calls => new(
                "DELETE",
                $"api-keys/{(await calls.SendSuccessfullyAsync(new("POST", "api-keys", new { name = "x", scopes = new[] { "*" } })))
                    .GetProperty("id").GetString()}"),
            ["RevokeInvitation"] = async calls => new(
                "DELETE",
                $"invitations/{(await calls.SendSuccessfullyAsync(new("POST", "invitations", new { role = "viewer" })))
                    .GetProperty("id").GetString()}"),
            ["SaveCredentials"] = calls => calls.WithTelephonyAsync(
                tenant => new("PUT", "telephony/credentials", tenant.Credentials, tenant.Subject)),
            ["StartCampaign"] = async calls => new("POST", $"campaigns/{await calls.CampaignAsync()}/start"),
            ["SyncNumbers"] = calls => calls.WithTelephonyAsync(tenant =>
            {
                calls.BuyInConsole(tenant);
                return new("POST", "telephony/sync", null, tenant.Subject);
            }),
            ["SyncWhatsAppSenders"] = calls => calls.WithTelephonyAsync(tenant =>
            {
                calls.RegisterWhatsApp(tenant);
                return new("POST", "telephony/whatsapp-senders/sync", null, tenant.Subject);
            }),
        };

    public async Task<HttpResponseMessage> SendAsync(ChangingCall call)
    {
        using var http = api.System.CreateClient(null);
        http.BaseAddress = new Uri(api.System.App.Url, "/api/v1/");
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), call.Path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", api.TokenFor(call.Subject));
        request.Content = call.Body switch
        {
            null => null,
            string csv => new StringContent(csv, Encoding.UTF8, "text/csv"),
            var json => JsonContent.Create(json),
        };
        return await http.SendAsync(request);
    }

    private async Task<JsonElement> SendSuccessfullyAsync(ChangingCall call)
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
            values (@id, @TenantId, 'twilio', 'inbound', @sid, '', '{"From": "+14185550101", "To": "+14185550199", "Body": "Bonjour"}',
              'failed', 20, now())
            """,
            new { id, RelaisSystem.TenantId, sid = $"SM{id:N}" });
        return id;
    }

    private async Task<string> InviteAsync() =>
        (await SendSuccessfullyAsync(new("POST", "invitations", new { role = "viewer" }))).GetProperty("code").GetString()!;

    private async Task<string> JoinAsync()
    {
        var (subject, code) = (NewSubject(), await InviteAsync());
        await SendSuccessfullyAsync(new("POST", "invitations/accept", new { code }, subject));
        return subject;
    }

    private async Task<string> MemberAsync()
    {
        await JoinAsync();
        return (await SendSuccessfullyAsync(new("GET", "members?limit=500")))
            .GetProperty("members")
            .EnumerateArray()
            .Last()
            .GetProperty("id")
            .GetString()!;
    }

    private async Task<string> CampaignAsync(params string[] verbs)
    {
        var id = (await SendSuccessfullyAsync(new("POST", "campaigns", Campaign()))).GetProperty("id").GetString()!;
        foreach (var verb in verbs)
        {
            await SendSuccessfullyAsync(new("POST", $"campaigns/{id}/{verb}"));
        }

        return id;
    }

    /// <summary>The owner of a tenant with a provider account, and a number that is for sale.</summary>
    private sealed record TelephonyTenant(string Subject, string AccountSid, object Credentials, string ForSale);

    private async Task<ChangingCall> WithTelephonyAsync(Func<TelephonyTenant, ChangingCall> call) =>
        call(await CreateTelephonyTenantAsync());

    private async Task<ChangingCall> WithNumberAsync(Func<TelephonyTenant, string, ChangingCall> call)
    {
        var tenant = await CreateTelephonyTenantAsync();
        await SendSuccessfullyAsync(new("POST", "/api/purchase-twilio-number", new { phone_number = tenant.ForSale }, tenant.Subject));
        return call(
            tenant,
            (await SendSuccessfullyAsync(new("GET", "telephony/numbers", null, tenant.Subject)))
                .GetProperty("numbers")[0]
                .GetProperty("id")
                .GetString()!);
    }

    private async Task<ChangingCall> WithSenderAsync(Func<TelephonyTenant, string, Task<ChangingCall>> call)
    {
        var tenant = await CreateTelephonyTenantAsync();
        RegisterWhatsApp(tenant);
        var synced = await SendSuccessfullyAsync(new("POST", "telephony/whatsapp-senders/sync", null, tenant.Subject));
        return await call(tenant, synced.GetProperty("senders")[0].GetProperty("id").GetString()!);
    }

    private async Task<TelephonyTenant> CreateTelephonyTenantAsync()
    {
        var (subject, sid, token) = (NewSubject(), $"AC{Next(70_000):d32}", new string('f', 32));
        api.System.Simulator.Add(new SimulatedAccount(sid, token));
        var credentials = new { accountSid = sid, authToken = token };
        await SendSuccessfullyAsync(new("POST", "tenants", new { name = "Clinique", country = "CA" }, subject));
        await SendSuccessfullyAsync(new("PUT", "telephony/credentials", credentials, subject));
        var search = await SendSuccessfullyAsync(new("POST", "/api/search-twilio-numbers", new { areaCode = "418" }, subject));
        return new TelephonyTenant(subject, sid, credentials, search.GetProperty("numbers")[0].GetProperty("phoneNumber").GetString()!);
    }

    private string BuyInConsole(TelephonyTenant tenant) =>
        api.System.Simulator.BuyInConsole(new SimulatedNumber(tenant.ForSale, tenant.AccountSid)).PhoneNumber;

    private void RegisterWhatsApp(TelephonyTenant tenant) =>
        api.System.Simulator.Add(new SimulatedSender($"whatsapp:{tenant.ForSale}", tenant.AccountSid));

    private async Task<string> PhoneAsync()
    {
        var phone = Phone();
        await SendSuccessfullyAsync(new("POST", "contacts/import", Csv(phone)));
        return phone;
    }

    private async Task<string> ContactAsync() =>
        (await SendSuccessfullyAsync(new("POST", "contacts/import", Csv(Phone()))))
            .GetProperty("report")[0]
            .GetProperty("contactId")
            .GetString()!;

    private static object Campaign() => new
    {
        name = "Rentrée",
        senderId = RelaisSystem.SenderId,
        audience = new { tags = new[] { "nobody" } },
        message1 = new { type = "text", body = "Bonjour" },
        // Far enough in the future that the campaign is still waiting at the next call.
        scheduledAt = TimeProvider.System.GetUtcNow().AddDays(2),
    };

    private static string Csv(string phone) => $"phone,first_name\n{phone},Hadja\n";

    private static string Phone() => Ids.Phone(900_000 + Next());

    private static string NewSubject() => $"somebody-{Guid.NewGuid():N}";

    private static int Next(int from = 0) => from + Interlocked.Increment(ref numbers);
}
