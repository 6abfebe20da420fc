/** Which page stands at which address. The home page comes with the first load, the others when they are asked for. */
import { createRouter } from "sv-router";
import Home from "./home/Home.svelte";
import SignIn from "./people/SignIn.svelte";
import NotFound from "./shell/NotFound.svelte";

export const { p, navigate, route } = createRouter({
  "/": Home,
  "/sign-in": SignIn,
  "/sign-up": () => import("./people/SignUp.svelte"),
  "/about/:page": () => import("./people/SitePage.svelte"),
  "/welcome": () => import("./people/Welcome.svelte"),
  "/forgot-password": () => import("./people/ForgotPassword.svelte"),
  "/reset-password": () => import("./people/ResetPassword.svelte"),
  "/confirm-email": () => import("./people/ConfirmEmail.svelte"),
  "/discover": () => import("./discover/Discover.svelte"),
  "/people": () => import("./people/People.svelte"),
  "/people/:username": () => import("./people/ProfilePage.svelte"),
  "/people/:username/followers": () => import("./people/Followers.svelte"),
  "/people/:username/following": () => import("./people/Following.svelte"),
  "/follow-requests": () => import("./people/FollowRequests.svelte"),
  "/farewell": () => import("./people/Farewell.svelte"),
  "/tickets": () => import("./tickets/MyTickets.svelte"),
  "/bookmarks": () => import("./posts/Bookmarks.svelte"),
  "/messages": {
    layout: () => import("./messages/Messages.svelte"),
    "/": () => import("./messages/Nothing.svelte"),
    "/requests": () => import("./messages/Nothing.svelte"),
    "/new": () => import("./messages/NewMessage.svelte"),
    "/:id": () => import("./messages/Conversation.svelte"),
  },
  "/search": () => import("./search/Search.svelte"),
  "/hashtags/:tag": () => import("./posts/HashtagPage.svelte"),
  "/posts/:id": () => import("./posts/PostPage.svelte"),
  "/posts/:id/reposts": () => import("./posts/Reposts.svelte"),
  "/posts/:id/likes": () => import("./posts/Likes.svelte"),
  "/notifications": () => import("./notify/NoticesPage.svelte"),
  "/unsubscribe": () => import("./notify/Unsubscribe.svelte"),
  "/settings": () => import("./settings/Settings.svelte"),
  "/settings/:section": () => import("./settings/SectionPage.svelte"),
  "/settings/privacy/:list": () => import("./people/settings/ShutOut.svelte"),
  "/upcoming": () => import("./schedule/UpcomingPage.svelte"),
  "/spaces/:id/paid": () => import("./tickets/PaidPage.svelte"),
  "/spaces/:id/analytics": () => import("./analytics/AnalyticsPage.svelte"),
  "/spaces/:id/replay": () => import("./replays/ReplayPage.svelte"),
  "/clips/:id": () => import("./replays/ClipPage.svelte"),
  "/spaces/:id": () => import("./home/SpaceLink.svelte"),
  "*": NotFound,
});
