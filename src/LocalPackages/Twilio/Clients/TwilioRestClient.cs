using System.Net;
using Twilio.Exceptions;
using Twilio.Http;
using Twilio.Json;

namespace Twilio.Clients;

public class TwilioRestClient : ITwilioRestClient
{
    private readonly string _username;
    private readonly string _password;

    public TwilioRestClient(
        string username,
        string password,
        string accountSid = null,
        string region = null,
        HttpClient httpClient = null,
        string edge = null)
    {
        _username = username;
        _password = password;
        AccountSid = accountSid ?? username;
        HttpClient = httpClient ?? new SystemNetHttpClient();
        Region = region;
        Edge = edge;
    }

    public HttpClient HttpClient { get; }

    public string AccountSid { get; }

    public string Region { get; }

    public string Edge { get; set; }

    public string[] UserAgentExtensions { get; set; }

    public Response Request(Request request)
    {
        Prepare(request);
        try
        {
            return Checked(HttpClient.MakeRequest(request));
        }
        catch (Exception e) when (e is not TwilioException)
        {
            throw ConnectionError(request, e);
        }
    }

    public async Task<Response> RequestAsync(Request request)
    {
        Prepare(request);
        try
        {
            return Checked(await HttpClient.MakeRequestAsync(request).ConfigureAwait(false));
        }
        catch (Exception e) when (e is not TwilioException)
        {
            throw ConnectionError(request, e);
        }
    }

    private void Prepare(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        request.SetAuth(_username, _password);
        request.Region = Region ?? request.Region;
        request.Edge = Edge ?? request.Edge;
        request.UserAgentExtensions = UserAgentExtensions ?? request.UserAgentExtensions;
    }

    private static Response Checked(Response response)
    {
        if (response is null)
        {
            throw new ApiConnectionException("Connection Error: No response received.");
        }

        if (response.StatusCode is >= HttpStatusCode.OK and < HttpStatusCode.BadRequest)
        {
            return response;
        }

        // a body that is not Twilio's JSON (a proxy's page, nothing at all) leaves Code and Status at zero
        throw RestError.Parse(response.Content) is { } error
            ? new ApiException(error.Code, (int)response.StatusCode, error.Message ?? $"Unable to make request, {response.StatusCode}", error.MoreInfo, error.Details)
            : new ApiException($"Api Error: {response.StatusCode} - {response.Content ?? "[no content]"}");
    }

    private static ApiConnectionException ConnectionError(Request request, Exception cause) =>
        new($"Connection Error: {request.Method}{request.ConstructUrl()}", cause);
}
