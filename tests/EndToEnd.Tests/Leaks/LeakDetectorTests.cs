using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Relais.Kit;
using Relais.Kit.Leaks;
using Xunit.Sdk;

namespace EndToEnd.Tests.Leaks;

/// <summary>The leak detector, which ends every run of the system, finds a leak in each kind of output.</summary>
public sealed class LeakDetectorTests(PostgresFixture postgres, AzuriteFixture storage)
    : IClassFixture<PostgresFixture>, IClassFixture<AzuriteFixture>
{
    private const string InsertRows = """
        insert into tenants (id, slug, name, country) values (@Tenant, 'essai', 'Essai', 'GN');
        insert into contacts (id, tenant_id) values (@Contact, @Tenant);
        insert into contact_identities (tenant_id, kind, value, contact_id) values (@Tenant, 'whatsapp_user', 'GN.1234567890', @Contact);
        insert into members (id, tenant_id, issuer, subject, name, email, role)
        values (@Id, @Tenant, 'https://issuer.example', 'awa', 'Awa Camara', 'awa@example.org', 'owner');
        insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id)
        values (@Tenant, @Tenant, 'twilio', 'AC1', '\x00', 'k');
        insert into senders (id, tenant_id, account_id, channel, address) values (@Tenant, @Tenant, @Tenant, 'sms', '+224620999999');
        insert into messages (id, tenant_id, sender_id, stream_id, channel, contact_address, content_variables, due_at, created_at)
        values (@Id, @Tenant, @Tenant, @Tenant, 'sms', '+224620000001', '{"1": "Rue des Manguiers 12"}', now(), now());
        insert into campaigns (id, tenant_id, sender_id, name, status, audience, message1, created_at)
        values (@Id, @Tenant, @Tenant, 'Essai', 'draft', '{}', '{}', now());
        insert into campaign_recipients (campaign_id, contact_id, tenant_id, address, variables)
        values (@Id, @Contact, @Tenant, '+224620000001', '{"place": "Place de la Paix 3"}');
        insert into webhook_events (id, tenant_id, provider, kind, sid, status, payload, state, received_at)
        values (@Id, @Tenant, 'twilio', 'inbound', 'SM1', '', '{"Body": "Texte sans suite"}', 'ignored', now());
        """;

    [Fact]
    public async Task A_secret_is_detected_in_every_output()
    {
        var system = await RelaisSystem.StartAsync(
            postgres, storage,
            new RelaisSystemOptions { Verbose = true, EnforceWindow = false, Simulator = new() { Delivery = RelaisSystemOptions.Swift } });
        var campaign = await system.StartCampaignAsync(CampaignSteps.Contacts(3));
        await system.WaitForEndAsync(campaign, TimeSpan.FromMinutes(1));
        var draft = new
        {
            name = "Essai",
            senderId = RelaisSystem.SenderId,
            audience = new { tags = new[] { "a" } },
            message1 = new { type = "text", body = "Salut" },
        };
        using var refused = await system.Api.PostAsync(new Uri($"campaigns/{campaign}/start", UriKind.Relative), null);
        using var paused = await system.Api.PostAsync(new Uri($"campaigns/{campaign}/pause", UriKind.Relative), null);
        using var created = await system.Api.PostAsJsonAsync("campaigns", draft);
        var location = created.Headers.Location!.ToString();

        system.Watch.Planted.Add("id of the campaign", campaign.ToString());
        system.Watch.Planted.Add("id of the sender", RelaisSystem.SenderId.ToString());
        system.Watch.Planted.Add("id of the draft", location.Split('/')[^1]);
        system.Watch.Planted.Add("name of the function", "PauseCampaign");
        system.Watch.Planted.Add("word of the pump", "Sender pump sent");
        system.Watch.Planted.Add("code of the problem", "campaign_state");
        var report = (await Assert.ThrowsAsync<XunitException>(async () => await system.DisposeAsync())).Message;

        Assert.Contains("word of the pump in the log of the app", report, StringComparison.Ordinal);
        Assert.Contains("id of the campaign in what was written to /", report, StringComparison.Ordinal);
        Assert.Contains("id of the sender in a message of the queue wake-sender", report, StringComparison.Ordinal);
        Assert.Contains("name of the function in what was exported", report, StringComparison.Ordinal);
        Assert.Contains("code of the problem in the answer to POST", report, StringComparison.Ordinal);
        Assert.Contains("id of the draft in the location that POST", report, StringComparison.Ordinal);
        Assert.DoesNotContain(campaign.ToString(), report, StringComparison.Ordinal);
        Assert.DoesNotContain("telephone number", report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_operation_that_logs_a_number_or_a_text_fails_its_test()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            insert into tenants (id, slug, name, country) values (@Tenant, 'essai', 'Essai', 'GN');
            insert into contacts (id, tenant_id) values (@Contact, @Tenant);
            insert into contact_identities (tenant_id, kind, value, contact_id) values (@Tenant, 'phone', '+224620000777', @Contact);
            """, new { Tenant = Ids.Tenant(1), Contact = Ids.Contact(1) });
        using var log = new CollectedLog();

        log.For<LeakDetectorTests>().LogInformation("Nothing to see of {Contact}", Ids.Contact(1));
        await log.AssertNoLeakAsync(database.Superuser);
        log.For<LeakDetectorTests>().LogTrace(new InvalidOperationException("cannot reach whatsapp:+224620000777"), "Failed");

        await Assert.ThrowsAsync<XunitException>(() => log.AssertNoLeakAsync(database.Superuser));
    }

    [Fact]
    public async Task A_requested_number_never_appears_in_verbose_output()
    {
        await using var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions { Verbose = true });

        using var byPath = await system.Api.GetAsync(new Uri("contacts/+224620000001", UriKind.Relative));
        using var byQuery = await system.Api.GetAsync(new Uri("contacts?phone=%2B224620000001&tag=224620000001", UriKind.Relative));
        using var noRoute = await system.Api.GetAsync(new Uri("people/224620000001", UriKind.Relative));

        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (byPath.StatusCode, noRoute.StatusCode));
        Assert.True(byQuery.StatusCode is HttpStatusCode.OK or HttpStatusCode.BadRequest);
        Assert.Contains(
            system.Watch.Logs.SelectMany(log => log.Lines()),
            line =>
                line.Contains("trce: Microsoft.AspNetCore", StringComparison.Ordinal)
                    || line.Contains("dbug: Microsoft.AspNetCore.Server.Kestrel", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Values_of_refused_requests_are_searched_for()
    {
        var system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions { Verbose = true });
        using var unauthenticated = system.CreateClient("planted-access-token");
        var body = new { account_sid = "AC1", auth_token = "planted+auth/token", phone_number = "+224620000088" };
        using var refused = await unauthenticated.PostAsJsonAsync("api/search-twilio-numbers", body);
        using var unknown = await system.Api.GetAsync(new Uri("contacts/+224620000099", UriKind.Relative));
        using var form = new FormUrlEncodedContent(
            [new("From", "whatsapp:+224620000066"), new("Body", "Message of nobody"), new("AccountSid", "AC0")]);
        using var callback = new HttpRequestMessage(HttpMethod.Post, new Uri(system.PublicUrl, "/api/webhook-router")) { Content = form };
        callback.Headers.Add("X-Twilio-Signature", "planted+signature+of+it=");
        using var provider = new HttpClient();
        using var forbidden = await provider.SendAsync(callback);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, forbidden.StatusCode);
        string[] leaks =
        [
            "number 620 00 00 88", "number 620000099", "number 224620000066", "token planted+auth/token", "credential planted-access-token",
            "text Message of nobody", "signature planted+signature+of+it=",
        ];
        foreach (var leak in leaks)
        {
            system.Watch.Keep($"place of the {leak.Split(' ')[0]}", leak);
        }

        var found = await system.Watch.FindAsync(system.Database);
        await Assert.ThrowsAsync<XunitException>(async () => await system.DisposeAsync());

        Assert.Equal(leaks.Length, found.Count);
        Assert.All(found, leak => Assert.StartsWith("place of the", leak.Place, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("/api/webhook-router", 200, "text/plain", 1)]
    [InlineData("/api/webhook-router", 200, "text/xml", 0)]
    [InlineData("/api/webhook-router", 500, "text/xml", 1)]
    [InlineData("/api/v1/contacts", 200, "application/json", 0)]
    [InlineData("/api/v1/contacts", 404, "application/problem+json", 1)]
    public async Task Webhook_responses_are_searched(string path, int status, string mediaType, int found)
    {
        await using var detector = new LeakDetector();
        using var answer = new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent("+224620000001", null, mediaType),
        };
        var request = new DefaultHttpContext { Request = { Path = path, Method = "POST" } }.Request;

        await ResponseRecorder.SeeAsync(detector, request, "From=%2B224620000001"u8.ToArray(), answer);

        Assert.Equal(found, (await detector.FindAsync()).Count);
    }

    [Fact]
    public async Task Values_of_tenant_rows_are_searched_for()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync(InsertRows, new { Tenant = Ids.Tenant(1), Contact = Ids.Contact(1), Id = Ids.Message(1) });
        await using var detector = new LeakDetector();

        await detector.PlantRowsAsync(database.Superuser);
        string[] leaks =
        [
            "Texte sans suite", "GN.1234567890", "awa@example.org", "Awa Camara", "Rue des Manguiers 12", "Place de la Paix 3",
        ];
        foreach (var leak in leaks)
        {
            detector.Keep("a place", leak);
        }

        Assert.Equal(leaks.Length, (await detector.FindAsync()).Count);
    }

    [Fact]
    public async Task A_token_that_an_operation_logs_fails_its_test()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await database.ExecuteAsync("""
            insert into tenants (id, slug, name, country) values (@Tenant, 'essai', 'Essai', 'GN');
            insert into provider_accounts (id, tenant_id, provider, account_sid, secret, secret_key_id)
            values (@Tenant, @Tenant, 'twilio', 'AC1', '\x00', 'k');
            """, new { Tenant = Ids.Tenant(1) });
        using var log = new CollectedLog();

        log.For<LeakDetectorTests>().LogInformation("Calling with {Token}", "token-of-the-account");

        await log.AssertNoLeakAsync(database.Superuser);
        await Assert.ThrowsAsync<XunitException>(() => log.AssertNoLeakAsync(database.Superuser, (_, _, _) => "token-of-the-account"));
    }
}
