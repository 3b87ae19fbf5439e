using System.Net.Http.Headers;
using System.Runtime.InteropServices;
using System.Text;
using Twilio.Constant;
using Net = System.Net.Http;

namespace Twilio.Http;

public class SystemNetHttpClient : HttpClient
{
    private static readonly string s_userAgent =
        $"twilio-csharp/7.14.9 ({Environment.OSVersion.Platform} {RuntimeInformation.OSArchitecture}) {RuntimeInformation.FrameworkDescription.Replace(' ', '/')}";

    private readonly Net.HttpClient _http;

    public SystemNetHttpClient(Net.HttpClient httpClient = null) =>
        _http = httpClient ?? new Net.HttpClient(new Net.HttpClientHandler { AllowAutoRedirect = false });

    public override Response MakeRequest(Request request) => MakeRequestAsync(request).GetAwaiter().GetResult();

    public override async Task<Response> MakeRequestAsync(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        using var message = Build(request);
        LastRequest = request;
        LastResponse = null;
        using var answer = await _http.SendAsync(message).ConfigureAwait(false);
        var content = await answer.Content.ReadAsStringAsync().ConfigureAwait(false);
        return LastResponse = new Response(answer.StatusCode, content, answer.Headers);
    }

    private Net.HttpRequestMessage Build(Request request)
    {
        var message = new Net.HttpRequestMessage(new Net.HttpMethod(request.Method.ToString()), request.ConstructUrl());
        if (!request.Method.Equals(HttpMethod.Get))
        {
            message.Content = Equals(request.ContentType, EnumConstants.ContentTypeEnum.JSON)
                ? new Net.StringContent(request.Body, Encoding.UTF8, "application/json")
                : new Net.FormUrlEncodedContent(request.PostParams);
        }

        if (request.Username is not null && request.Password is not null)
        {
            message.Headers.Authorization = new AuthenticationHeaderValue("Basic", Authentication(request.Username, request.Password));
        }

        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        message.Headers.AcceptEncoding.Add(new StringWithQualityHeaderValue("utf-8"));
        message.Headers.TryAddWithoutValidation("User-Agent", string.Join(' ', [s_userAgent, .. request.UserAgentExtensions ?? []]));
        foreach (var (name, value) in request.HeaderParams)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }
}
