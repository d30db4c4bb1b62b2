const user: User = {
  id: '1',
  email: 'ann@example.com',
  name: 'Ann',
  role: 'user',
  emailVerified: true,
  image: null,
  onboardingStatus: null,
  createdAt: null,
}
