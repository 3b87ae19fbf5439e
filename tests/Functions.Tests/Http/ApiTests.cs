using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Dapper;
using Functions.Tests.Access;
using Npgsql;
using Relais.Access;
using Relais.Access.Keys;
using Relais.DevHost.Services;
using Relais.Kit;

namespace Functions.Tests.Http;

/// <summary>Runs the app as a process, with a token issuer that signs any token a test needs.</summary>
public sealed class ApiSystem : IAsyncLifetime
{
    public const string Slug = "loko-taxi";

    private readonly PostgresFixture postgres = new();
    private readonly AzuriteFixture storage = new();
    private StubIssuer? issuer;
    private RelaisSystem? system;

    public RelaisSystem System => system!;

    internal StubIssuer Issuer => issuer!;

    public async Task InitializeAsync()
    {
        await postgres.InitializeAsync();
        await storage.InitializeAsync();
        issuer = await StubIssuer.StartAsync();
        var settings = new Dictionary<string, string?>
        {
            ["Access__Issuer"] = issuer.Address,
            ["Access__Audience"] = TokenForge.Audience,
            ["Limits__PerAddress"] = "1000000",
            ["Limits__PerTenant"] = "1000000",
        };
        system = await RelaisSystem.StartAsync(postgres, storage, new RelaisSystemOptions { Settings = settings });
        foreach (var role in Enum.GetNames<Role>())
        {
            await AddMemberAsync(RelaisSystem.TenantId, role.ToLowerInvariant(), role.ToLowerInvariant());
        }
    }

    public async Task DisposeAsync()
    {
        await System.DisposeAsync();
        await Issuer.DisposeAsync();
        await postgres.DisposeAsync();
        await storage.DisposeAsync();
    }

    /// <summary>Returns a token for this subject. The subjects owner, operator and viewer are members of the tenant.</summary>
    public string TokenFor(string subject) => TokenForge.Token(Issuer.Address, subject: subject);

    public async Task AddMemberAsync(Guid tenantId, string subject, string role)
    {
        await using var connection = new NpgsqlConnection(System.Database.Superuser);
        await connection.ExecuteAsync(
            "insert into members (id, tenant_id, issuer, subject, name, role) values (@Id, @TenantId, @Issuer, @Subject, @Subject, @Role)",
            new { Id = Guid.CreateVersion7(), TenantId = tenantId, Issuer = Issuer.Address, Subject = subject, Role = role });
    }

    public async Task<string> AddKeyAsync(params string[] scopes)
    {
        var key = ApiKey.Create();
        await using var connection = new NpgsqlConnection(System.Database.Superuser);
        await connection.ExecuteAsync(
            "insert into api_keys (id, tenant_id, name, hash, scopes) values (@Id, @TenantId, 'test', @Hash, @Scopes)",
            new { Id = Guid.NewGuid(), RelaisSystem.TenantId, Hash = ApiKey.Hash(key), Scopes = scopes });
        return key;
    }

    public async Task<(HttpStatusCode Status, string? Code, HttpResponseMessage Response)> SendAsync(
        string method, string path, string? key, HttpContent? content = null)
    {
        using var client = System.CreateClient(null);
        using var request = new HttpRequestMessage(new HttpMethod(method), path) { Content = content };
        request.Headers.Authorization = key is null ? null : new AuthenticationHeaderValue("Bearer", key);
        var response = await client.SendAsync(request);
        var body = await response.Content.ReadAsStringAsync();
        var problem = response.Content.Headers.ContentType?.MediaType == "application/problem+json";
        return (response.StatusCode, problem ? JsonDocument.Parse(body).RootElement.GetProperty("code").GetString() : null, response);
    }
}

/// <summary>One running app for all tests that call it over HTTP.</summary>
[CollectionDefinition(Name)]
public sealed class ApiCollection : ICollectionFixture<ApiSystem>
{
    public const string Name = "api";
}

[Collection(ApiCollection.Name)]
public sealed class ApiTests(ApiSystem api)
{
    private const string MissingId = "01900000-0000-7000-8000-00000000dead";

    public static TheoryData<string, string, string> Functions
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            var lines = File.ReadAllLines(Path.Combine(DevPaths.Repository, "docs", "api", "functions.txt"))
                .Where(line => line.StartsWith("http ", StringComparison.Ordinal))
                .Where(line => !line.EndsWith("[public]", StringComparison.Ordinal));
            foreach (var line in lines)
            {
                var parts = line.Split(' ', 5);
                data.Add(parts[1], parts[2].Replace("{id}", MissingId), parts[4].Trim('[', ']'));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_function_rejects_requests_without_the_right_key(string method, string path, string access)
    {
        var needed = access.Split(", ").ElementAtOrDefault(1);
        var others = Enum.GetNames<Scope>().Select(name => name.ToLowerInvariant()).Where(other => other != needed).ToArray();

        var without = await api.SendAsync(method, path, null);
        var wrong = await api.SendAsync(method, path, ApiKey.Create());
        var other = await api.SendAsync(method, path, await api.AddKeyAsync(others));
        var right = await api.SendAsync(method, path, await api.AddKeyAsync(needed ?? "*"), Content(method));

        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), (without.Status, without.Code));
        Assert.Equal("Bearer", without.Response.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal((HttpStatusCode.Unauthorized, "unauthorized"), (wrong.Status, wrong.Code));
        Assert.Equal((HttpStatusCode.Forbidden, needed is null ? "people_only" : "scope_missing"), (other.Status, other.Code));
        if (needed is null)
        {
            Assert.Equal((HttpStatusCode.Forbidden, "people_only"), (right.Status, right.Code));
        }
        else
        {
            Assert.DoesNotContain(right.Status, Rejections);
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_function_accepts_members_with_the_right_role(string method, string path, string access)
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            var answer = await api.SendAsync(
                method, path,
                api.TokenFor(
                    path.EndsWith("/members/me", StringComparison.Ordinal) ? await LeaverAsync(role) : role.ToString().ToLowerInvariant()),
                Content(method));

            if (access == "signed-in" || role >= Enum.Parse<Role>(access.Split(", ")[0], ignoreCase: true))
            {
                Assert.DoesNotContain(answer.Status, Rejections);
            }
            else
            {
                Assert.Equal((HttpStatusCode.Forbidden, "role_missing"), (answer.Status, answer.Code));
            }
        }

        var nonMember = await api.SendAsync(method, path, api.TokenFor("nobody"), Content(method));
        Assert.Equal(access == "signed-in" ? null : "not_a_member", nonMember.Status == HttpStatusCode.Forbidden ? nonMember.Code : null);
    }

    // Each call of DELETE /members/me removes the member, so every role needs a member of its own.
    private async Task<string> LeaverAsync(Role role)
    {
        var subject = $"leaver-{role}";
        await api.AddMemberAsync(RelaisSystem.TenantId, subject, role.ToString().ToLowerInvariant());
        return subject;
    }

    private static readonly HttpStatusCode[] Rejections =
        [
            HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.TooManyRequests, HttpStatusCode.InternalServerError,
            HttpStatusCode.ServiceUnavailable,
        ];

    private static StringContent? Content(string method) => method == "POST" ? new StringContent("{}", Encoding.UTF8, "text/csv") : null;

    [Theory]
    [InlineData("GET", "/api/v1/campaigns?limit=0", "invalid_query")]
    [InlineData("GET", "/api/v1/telephony/numbers?released=yes", "invalid_query")]
    [InlineData("DELETE", "/api/v1/telephony/credentials?abandon=1", "invalid_query")]
    [InlineData("POST", "/api/v1/contacts/import?dryRun=2", "invalid_query")]
    [InlineData("GET", "/api/v1/campaigns?after=x", "invalid_query")]
    [InlineData("GET", "/api/v1/contacts?tag=%00", "invalid_query")]
    [InlineData("GET", "/api/v1/contacts?%00=x", "invalid_query")]
    [InlineData("GET", "/api/v1/campaigns/x", "campaign_not_found")]
    [InlineData("GET", "/api/v1/campaigns/005", "campaign_not_found")]
    [InlineData("GET", "/api/v1/campaigns/" + MissingId + "/recipients?outcome=x", "invalid_query")]
    [InlineData("GET", "/api/v1/contacts/true", "contact_not_found")]
    [InlineData("GET", "/api/v1/contacts/imports/" + MissingId + "?after=-1", "invalid_query")]
    [InlineData("POST", "/api/v1/campaigns/" + MissingId + "/start", "campaign_not_found")]
    [InlineData("POST", "/api/v1/campaigns", "unsupported_media_type")]
    [InlineData("POST", "/api/v1/contacts/import", "unsupported_media_type")]
    public async Task Invalid_input_returns_a_problem_with_a_code(string method, string path, string code)
    {
        var answer = await api.SendAsync(method, path, await api.AddKeyAsync("*"));

        Assert.Equal(code, answer.Code);
        Assert.InRange((int)answer.Status, 400, 415);
    }

    [Theory]
    [InlineData("TRUE")]
    [InlineData("False")]
    [InlineData("")]
    public async Task A_flag_is_true_or_false_in_any_case(string value)
    {
        var answer = await api.SendAsync("GET", $"/api/v1/telephony/numbers?released={value}", await api.AddKeyAsync("telephony"));

        Assert.NotEqual("invalid_query", answer.Code);
    }

    [Theory]
    [InlineData("https://admin.example")]
    [InlineData(null)]
    public async Task The_headers_that_a_page_of_another_origin_needs_are_exposed(string? origin)
    {
        using var client = api.System.CreateClient(null);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/contacts");
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }

        using var answer = await client.SendAsync(request);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal(
            origin is null ? null : "Location, Retry-After, WWW-Authenticate",
            answer.Headers.TryGetValues("Access-Control-Expose-Headers", out var exposed) ? string.Join(", ", exposed) : null);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task A_body_that_is_too_large_returns_413()
    {
        var key = await api.AddKeyAsync("*");
        var json = new StringContent(new string(' ', 1024 * 1024) + "{}", Encoding.UTF8, "application/json");
        var csv = new StringContent(new string('\n', 26 * 1024 * 1024), Encoding.UTF8, "text/csv");

        Assert.Equal("body_too_large", (await api.SendAsync("POST", "/api/v1/campaigns", key, json)).Code);
        Assert.Equal("body_too_large", (await api.SendAsync("POST", "/api/v1/contacts/import", key, csv)).Code);
    }

    [Fact]
    public async Task An_import_accepts_a_body_or_a_form()
    {
        var key = await api.AddKeyAsync("contacts");
        var file = "phone;prénom\n620000001;Awa\n"u8.ToArray();
        var body = new ByteArrayContent(file) { Headers = { ContentType = new MediaTypeHeaderValue("text/csv") } };
        var form = new MultipartFormDataContent { { new ByteArrayContent(file), "file", "clients.csv" } };

        var first = await api.SendAsync("POST", "/api/v1/contacts/import?tag=a", key, body);
        var second = await api.SendAsync("POST", "/api/v1/contacts/import?tag=a", key, form);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (first.Status, second.Status));
        Assert.Contains("\"created\":1", await first.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.Contains("\"updated\":1", await second.Response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_a_contact_returns_the_removed_counts()
    {
        var key = await api.AddKeyAsync("contacts");
        var body = new ByteArrayContent("phone;prénom\n620000077;Awa\n"u8.ToArray())
        {
            Headers = { ContentType = new MediaTypeHeaderValue("text/csv") },
        };
        var imported = await (await api.SendAsync("POST", "/api/v1/contacts/import", key, body)).Response.Content.ReadAsStringAsync();
        var path = $"/api/v1/contacts/{JsonDocument.Parse(imported).RootElement.GetProperty("report")[0].GetProperty("contactId")}";

        var deleted = await api.SendAsync("DELETE", path, key);

        var counts = JsonDocument.Parse(await deleted.Response.Content.ReadAsStringAsync()).RootElement;
        Assert.Equal(
            (1, 1, 1),
            (counts.GetProperty("contacts").GetInt32(), counts.GetProperty("identities").GetInt32(),
                counts.GetProperty("importRows").GetInt32()));
        Assert.Equal("contact_not_found", (await api.SendAsync("GET", path, key)).Code);
        Assert.Equal("contact_not_found", (await api.SendAsync("DELETE", path, key)).Code);
    }

    [Fact]
    public async Task A_created_campaign_is_found_at_its_Location()
    {
        var key = await api.AddKeyAsync("campaigns");
        var json =
            $$"""
            {"name":"x","senderId":"{{RelaisSystem.SenderId}}","audience":{"tags":["nobody"]},
              "message1":{"type":"text","body":"Bonjour"} }
            """;

        var created = await api.SendAsync("POST", "/api/v1/campaigns", key, new StringContent(json, Encoding.UTF8, "application/json"));
        var read = await api.SendAsync("GET", created.Response.Headers.Location!.ToString(), key);

        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.OK), (created.Status, read.Status));
        Assert.Equal(await created.Response.Content.ReadAsStringAsync(), await read.Response.Content.ReadAsStringAsync());
    }
}
